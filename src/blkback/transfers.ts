// Which bytes of which page go to which bytes of the disk.
import type { Asked } from './asked.ts'
import type { AnswerModel } from './model.ts'

/** Bytes of the disk. */
export interface DiskSpan {
  readonly at: number
  readonly length: number
}

/** Bytes that go from a page to the disk, or from the disk to a page. */
export interface Transfer extends DiskSpan {
  readonly gref: number
  /** The bytes [from, to) of the page. */
  readonly from: number
  readonly to: number
}

const NONE: readonly Transfer[] = []

/** What a request that passed moves, in the order of its segments: each goes where the one before ended. */
export function transfersOf(asked: Asked, { placeOf }: AnswerModel): readonly Transfer[] {
  const { segments } = asked
  if (segments.length === 0) return NONE
  const unit = Number(asked.unit)
  // Within the disk, and so within what a double counts exactly.
  let at = Number(placeOf(asked))
  const transfers: Transfer[] = []
  for (const { gref, first_sect, last_sect } of segments) {
    const [from, to] = [first_sect * unit, (last_sect + 1) * unit]
    transfers.push({ gref, from, to, at, length: to - from })
    at += to - from
  }
  return transfers
}
