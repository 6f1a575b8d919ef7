// One I/O of a ring: its request and its answer, as far as they are seen and belong together.
import type { Certainty } from '../codec/ring/answered.ts'
import type { OpName } from '../codec/xen/operations.ts'

/**
 * Why a request and a response are one I/O. `id`: the id leaves nothing else. `in-order`: each response answers the request of its own
 * index, which the ids on the ring suggest. `maybe`: the response carries the request's id, and another may have carried it as well.
 */
export const PAIRINGS = ['id', 'in-order', 'maybe'] as const
/** Why a request and a response are one I/O. */
export type Pairing = (typeof PAIRINGS)[number]

/** The request of an I/O. */
export interface SentHalf {
  /** Its free-running index. */
  readonly index: number
  /** Undefined where a response lies over it: what is left is the sector. */
  readonly nr_sectors: number | bigint | null | undefined
  readonly sector_number: bigint
}

/** The response of an I/O. */
export interface AnsweredHalf {
  /** Its free-running index. */
  readonly index: number
  readonly status: number
}

/** An I/O of which the request, the response, or both were seen. */
export interface PairedIo {
  readonly op: OpName
  /** Of an indirect request what is done with the data; undefined where it is none, or a response says no more. */
  readonly indirect_op: OpName | undefined
  readonly operation: number
  readonly id: bigint
  readonly sent: SentHalf | undefined
  readonly answered: AnsweredHalf | undefined
  /** Of a request and its response; undefined where one of them was not seen. */
  readonly pairing: Pairing | undefined
  /** Whether it was answered when it was last looked at; `yes` where its response was seen. */
  readonly isAnswered: Certainty
  /** The first snapshot that shows it sent, and the first that shows it answered, or the last that was looked at. */
  readonly from: number
  readonly to: number
}
