// What of a ring is not in the input: a paste that was cut, a short file, a page that could not be found.
import { layoutOf } from '../struct/layout.ts'
import { sringHeader } from '../xen/ring.ts'
import type { RingGeometry } from './geometry.ts'

/** Bytes from offset `from` up to, not including, `to`. */
export interface ByteSpan {
  readonly from: number
  readonly to: number
}

/** The names of the four indices of a ring's header. */
export type IndexName = (typeof INDEX_NAMES)[number]

export const INDEX_NAMES = ['req_prod', 'req_event', 'rsp_prod', 'rsp_event'] as const

/** What of a ring is not in the input, and what follows from it. */
export interface Missing {
  /** In order, apart from each other. The bytes are 0, which says nothing. */
  readonly spans: readonly ByteSpan[]
  /** Indices of the header of which a byte is not there; they read as 0, which says nothing. */
  readonly indices: readonly IndexName[]
  /** Whether req_prod or rsp_prod is missing: then nobody can say what any slot holds. */
  readonly producers: boolean
}

export const NOTHING_MISSING: Missing = { spans: [], indices: [], producers: false }

/** @param spans of bytes of the ring that are not there */
export function missingOf(geometry: RingGeometry, spans: readonly ByteSpan[] = []): Missing {
  if (spans.length === 0) return NOTHING_MISSING
  const { fields } = layoutOf(sringHeader, geometry.abi)
  const indices = INDEX_NAMES.filter((name) => {
    const field = fields.find((f) => f.name === name)!
    return overlap(spans, field.offset, field.offset + field.size)
  })
  return { spans, indices, producers: indices.includes('req_prod') || indices.includes('rsp_prod') }
}

/**
 * The slots of which a byte is not there, in order. Any byte counts: which of its bytes a request uses, these same bytes
 * would have to say.
 */
export function slotsNotThere({ nr_ents, slotsAt, stride }: RingGeometry, spans: readonly ByteSpan[]): readonly number[] {
  const slots = new Set<number>()
  for (const { from, to } of spans) {
    const first = Math.max(0, Math.floor((from - slotsAt) / stride))
    const end = Math.min(nr_ents, Math.ceil((to - slotsAt) / stride))
    for (let slot = first; slot < end; slot++) slots.add(slot)
  }
  return [...slots].sort((a, b) => a - b)
}

function overlap(spans: readonly ByteSpan[], from: number, to: number): boolean {
  return spans.some((span) => span.from < to && from < span.to)
}

/** Runs of numbers that follow each other: 3, 4, 5, 9 are 3 to 5 and 9 to 9. */
export function runsOf(sorted: readonly number[]): { readonly first: number; readonly last: number }[] {
  const runs: { first: number; last: number }[] = []
  for (const n of sorted) {
    const run = runs.at(-1)
    if (run && run.last === n - 1) run.last = n
    else runs.push({ first: n, last: n })
  }
  return runs
}

/** Overlapping and adjoining spans made one, in order. */
export function joinSpans(spans: readonly ByteSpan[]): ByteSpan[] {
  const joined: { from: number; to: number }[] = []
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    if (from >= to) continue
    const last = joined.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else joined.push({ from, to })
  }
  return joined
}
