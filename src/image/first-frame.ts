// The frame of the first page of raw memory. A file of RAM does not say where it lay; a grant table does, because it names the
// pages of rings that were found in it.
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { GrantTable } from './grant-table.ts'
import { ImageError, type ImageMap } from './image-map.ts'

/** Rings and frames that vote: a few tell. */
const MAX_VOTERS = 16
const MAX_VOTES = 16_384
const PAGES_PER_MIB = 2 ** 20 / XEN_PAGE_SIZE

/** The image as if its first page were that frame; only raw memory leaves it open. */
export function withFirstFrame(map: ImageMap, frame: number): ImageMap {
  if (map.format !== 'raw memory')
    throw new ImageError(`the image is ${map.format}, which says itself where its pages lie`, 'leave --first-frame out')
  return { ...map, extents: map.extents.map((extent) => ({ ...extent, frame })) }
}

/**
 * The first frame under which the table names a ring, and under which most of what it names lies in the image. Of several that are as
 * good, one that begins a MiB, as memory does; then that which names most rings, since a guest's memory holds old ones too; then
 * the most aligned (Xen puts the memory of an Arm guest at 0x40000000).
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
  const frames = [...table.frames.keys()].sort((a, b) => a - b)
  for (const ring of rings.slice(0, MAX_VOTERS))
    for (const frame of (ringFrames.length > 0 ? ringFrames : frames).slice(0, MAX_VOTES))
      if (frame >= ring) votes.set(frame - ring, (votes.get(frame - ring) ?? 0) + 1)
  let best: { readonly first: number; readonly rank: readonly number[] } | undefined
  for (const [first, named] of votes) {
    const inside = countBelow(frames, first + pages) - countBelow(frames, first)
    const rank = [inside, Math.min(alignmentOf(first), PAGES_PER_MIB), named, alignmentOf(first)]
    if (!best || isGreater(rank, best.rank)) best = { first, rank }
  }
  // A table of another guest names nothing in the image but what the guess makes it name.
  return best && best.rank[0]! * 2 >= frames.length ? best.first : undefined
}

/** Whether the first numbers that differ are greater in `a`. */
function isGreater(a: readonly number[], b: readonly number[]): boolean {
  const place = a.findIndex((value, i) => value !== b[i])
  return place >= 0 && a[place]! > b[place]!
}

/** How many of some sorted numbers are below a limit. */
function countBelow(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < limit) low = middle + 1
    else high = middle
  }
  return low
}

/** The greatest power of two that divides it; of 0, more than any. */
function alignmentOf(frame: number): number {
  let alignment = 1
  while (alignment < Number.MAX_SAFE_INTEGER && frame % (alignment * 2) === 0) alignment *= 2
  return alignment
}
