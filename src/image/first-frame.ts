// The frame of the first page of raw memory. A file of RAM does not say where it lay; a grant table does, because it names the
// pages of rings that were found in it.
import type { GrantTable } from './grant-table.ts'
import { ImageError, type ImageMap } from './image-map.ts'

/** Rings and frames that vote: a few tell. */
const MOST_VOTERS = 16
const MOST_VOTES = 16_384

/** The image as if its first page were that frame; only raw memory leaves it open. */
export function withFirstFrame(map: ImageMap, frame: number): ImageMap {
  if (map.format !== 'raw memory')
    throw new ImageError(`the image is ${map.format}, which says itself where its pages lie`, 'leave --first-frame out')
  return { ...map, extents: map.extents.map((extent) => ({ ...extent, frame })) }
}

/**
 * The first frame under which the table names the rings, and under which what it names lies in the image. Of several the most
 * aligned is taken: memory begins at round addresses (Xen puts that of an Arm guest at 0x40000000).
 * @param rings numbers of the rings' first pages, counted from the image's first
 * @param pages of the image
 * @param ringFrames those of the rings, where XenStore says them; else any that the table names
 */
export function guessFirstFrame(
  table: GrantTable,
  rings: readonly number[],
  pages: number,
  ringFrames: readonly number[],
): number | undefined {
  const votes = new Map<number, number>()
  for (const ring of rings.slice(0, MOST_VOTERS))
    for (const frame of (ringFrames.length > 0 ? ringFrames : [...table.frames.keys()]).slice(0, MOST_VOTES))
      if (frame >= ring) votes.set(frame - ring, (votes.get(frame - ring) ?? 0) + 1)
  const most = [...votes.values()].reduce((a, b) => Math.max(a, b), 0)
  const frames = [...table.frames.keys()]
  const inside = (first: number) => frames.filter((frame) => frame >= first && frame < first + pages).length
  let best: { readonly first: number; readonly rank: readonly number[] } | undefined
  for (const [first, named] of votes) {
    if (named < most) continue
    const rank = [inside(first), alignmentOf(first)]
    if (!best || rank[0]! > best.rank[0]! || (rank[0] === best.rank[0] && rank[1]! > best.rank[1]!)) best = { first, rank }
  }
  // A table of another guest names nothing in the image but what the guess makes it name.
  return best && best.rank[0]! * 2 >= frames.length ? best.first : undefined
}

/** The greatest power of two that divides it; of 0, more than any. */
function alignmentOf(frame: number): number {
  let alignment = 1
  while (alignment < Number.MAX_SAFE_INTEGER && frame % (alignment * 2) === 0) alignment *= 2
  return alignment
}
