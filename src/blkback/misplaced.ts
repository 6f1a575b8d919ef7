// What Linux's +88 does to the disk (rule split-gap), in bytes: of a request in two slots whose second half begins too far on.

import { advance } from '../codec/ring/ring-idx.ts'
import { splitPair } from '../codec/ring/split-pair.ts'
import { BLKIF_RSP_OKAY, SECTOR_SIZE } from '../codec/xen/blkif.ts'
import type { AnsweredRequest } from './answer-ring.ts'
import type { DiskSpan } from './transfers.ts'

/** A request of which a part went to another place of the disk than it was meant for. */
export interface Misplaced {
  /** The halves, by their indices. */
  readonly first: number
  readonly second: number
  readonly writes: boolean
  /** Both halves are carried out; else a backend that has their data would carry them out so. */
  readonly done: boolean
  /** Bytes that the request was to cover, and that none of its halves does. */
  readonly skipped: DiskSpan
  /** Bytes that were to begin where `skipped` does. */
  readonly moved: DiskSpan
  /** Of `moved` what lies behind the end of what was asked for. */
  readonly beyond: DiskSpan
}

/** With the data at hand, which a ring alone does not have. */
function isCarriedOut({ status, unanswered }: AnsweredRequest): boolean {
  return status === BLKIF_RSP_OKAY || unanswered === 'data-missing'
}

/** The requests in two slots of which both halves are carried out, or would be with their data, and leave a gap. */
export function misplacedOf(requests: readonly AnsweredRequest[]): Misplaced[] {
  return requests.flatMap((second, n) => {
    const first = requests[n - 1]
    if (!first?.touches || !second.touches || !isCarriedOut(first) || !isCarriedOut(second)) return []
    if (second.slot.index !== advance(first.slot.index, 1)) return []
    const pair = splitPair(first.slot.request, second.slot.request)
    if (!pair || pair.skipped <= 0) return []
    const length = pair.skipped * SECTOR_SIZE
    const end = second.touches.at + second.touches.length
    return [
      {
        first: first.slot.index,
        second: second.slot.index,
        writes: second.writes,
        done: first.status === BLKIF_RSP_OKAY && second.status === BLKIF_RSP_OKAY,
        skipped: { at: first.touches.at + first.touches.length, length },
        moved: second.touches,
        beyond: { at: end - length, length },
      },
    ]
  })
}
