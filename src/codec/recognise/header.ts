// What every shared ring begins with (DEFINE_RING_TYPES in xen/include/public/io/ring.h), told from other pages at a glance.
import { MAX_RING_PAGES, ringGeometry } from '../ring/geometry.ts'
import { advance, distance, producersPossible, type SharedIndices } from '../ring/ring-idx.ts'
import { x86_64 } from '../struct/abi.ts'
import { layoutOf, offsetsOf } from '../struct/layout.ts'
import { viewOf } from '../struct/scalar.ts'
import { sringHeader, XEN_PAGE_SIZE } from '../xen/ring.ts'

/** Pages are looked at as words of 32 bits. */
const WORD = Uint32Array.BYTES_PER_ELEMENT
export const WORDS_PER_PAGE = XEN_PAGE_SIZE / WORD

const { req_prod, req_event, rsp_prod, rsp_event } = /*#__PURE__*/ offsetsOf(sringHeader, x86_64)
const HEADER = /*#__PURE__*/ layoutOf(sringHeader, x86_64).size
const PADDING = rsp_event + WORD

/** The most requests that any ring holds. */
const MAX_ENTRIES = /*#__PURE__*/ ringGeometry(x86_64, MAX_RING_PAGES).nr_ents

/**
 * The page that starts at a word may be the first of a ring: 48 zero bytes from 16, requests outstanding that some ring can hold,
 * and no header of all zeros, which no initialised ring has (both events start at 1).
 */
export function hasSignature(words: Uint32Array, at: number): boolean {
  for (let i = PADDING; i < HEADER; i += WORD) if (words[at + i / WORD] !== 0) return false
  if ((words[at + req_event / WORD]! | words[at + rsp_event / WORD]!) === 0) return false
  return producersPossible({ req_prod: words[at + req_prod / WORD]!, rsp_prod: words[at + rsp_prod / WORD]! }, MAX_ENTRIES)
}

/** What of a ring's header can be. */
export interface HeaderMarks {
  /** Of 3: rsp_prod behind req_prod by no more than a ring has slots, and each event near its producer. */
  readonly possible: number
  /** How many of the two events lie just behind their producer. */
  readonly exact: number
  /** Zeros in the padding of 48 bytes. */
  readonly padding: number
}

export function headerMarks(page: Uint8Array): HeaderMarks {
  const indices = indicesOf(viewOf(page))
  const { req_prod, req_event, rsp_prod, rsp_event } = indices
  const near = (event: number, producer: number) => isNear(event, producer, MAX_ENTRIES + 1, MAX_ENTRIES + 1)
  const possible = [producersPossible(indices, MAX_ENTRIES), near(req_event, req_prod), near(rsp_event, rsp_prod)]
  const exact = [distance(req_prod, req_event) === 1, distance(rsp_prod, rsp_event) === 1]
  const held = (list: readonly boolean[]) => list.filter((mark) => mark).length
  const padding = page.subarray(PADDING, HEADER).reduce((n, byte) => n + Number(byte === 0), 0)
  return { possible: held(possible), exact: held(exact), padding }
}

/** Whether a page begins like a ring: indices that go together, padding of zeros behind them, and events that were set up. */
export function beginsRing(page: Uint8Array): boolean {
  const { possible, padding } = headerMarks(page)
  const { req_event, rsp_event } = indicesOf(viewOf(page))
  return possible === 3 && padding === HEADER - PADDING && (req_event !== 0 || rsp_event !== 0)
}

/** An event index is near the producer it waits for: at most a ring behind, and not beyond the next one that can come. */
export function isNear(event: number, producer: number, reach: number, nr_ents: number): boolean {
  return distance(advance(producer, -nr_ents), event) <= nr_ents + reach
}

/** The four indices of a ring that starts at byte `at`: they lie alike under every ABI. */
export function indicesOf(view: DataView, at = 0): { -readonly [K in keyof SharedIndices]: number } {
  return {
    req_prod: view.getUint32(at + req_prod, true),
    req_event: view.getUint32(at + req_event, true),
    rsp_prod: view.getUint32(at + rsp_prod, true),
    rsp_event: view.getUint32(at + rsp_event, true),
  }
}
