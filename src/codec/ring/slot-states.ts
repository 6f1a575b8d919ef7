// What a reader of slots is told of each, and gives back.
import type { BlkifResponse } from '../xen/blkif.ts'
import type { Beneath } from './beneath.ts'
import type { WireRequest } from './wire.ts'

/** A slot of `SlotReader.states` that holds a request. */
export const HOLDS_REQUEST = 1
/** A slot of `SlotReader.states` that holds a response. */
export const HOLDS_RESPONSE = 2
/** A slot of `SlotReader.states` of which nothing is read. */
export const HOLDS_NEITHER = 0

/** A response, and what lies beneath it. */
export interface WireAnswer {
  readonly response: BlkifResponse
  readonly beneath: Beneath
}

/** Reads rings of one size and ABI. */
export interface SlotReader {
  /** What each slot holds, to be filled before `read`. */
  readonly states: Uint8Array
  /**
   * By slot: a `WireRequest` with the segments and pages that are in use, at the most; a `WireAnswer`; or something that means nothing. The
   * bytes must be those of a whole ring.
   */
  read(bytes: Uint8Array): readonly (WireRequest | WireAnswer)[]
}
