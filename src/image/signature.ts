// What every shared ring begins with (DEFINE_RING_TYPES in xen/include/public/io/ring.h), told from other pages at a glance.
import { MAX_RING_PAGES, ringGeometry } from '../codec/ring/geometry.ts'
import { advance, distance } from '../codec/ring/ring-idx.ts'
import { x86_64 } from '../codec/struct/abi.ts'
import { layoutOf, offsetsOf } from '../codec/struct/layout.ts'
import { sringHeader, XEN_PAGE_SIZE } from '../codec/xen/ring.ts'

/** Pages are looked at as words of 32 bits. */
const WORD = Uint32Array.BYTES_PER_ELEMENT
export const WORDS_PER_PAGE = XEN_PAGE_SIZE / WORD

const { req_prod, req_event, rsp_prod, rsp_event } = offsetsOf(sringHeader, x86_64)
const [REQ_PROD, REQ_EVENT, RSP_PROD, RSP_EVENT] = [req_prod / WORD, req_event / WORD, rsp_prod / WORD, rsp_event / WORD]
const PADDING = RSP_EVENT + 1
const HEADER_WORDS = layoutOf(sringHeader, x86_64).size / WORD

/** The most requests that any ring holds. */
const MAX_ENTRIES = ringGeometry(x86_64, MAX_RING_PAGES).nr_ents

/**
 * The page that starts at a word may be the first of a ring: 48 zero bytes from 16, requests outstanding that some ring can hold,
 * and no header of all zeros, which no initialised ring has (both events start at 1).
 */
export function hasSignature(words: Uint32Array, at: number): boolean {
  for (let word = PADDING; word < HEADER_WORDS; word++) if (words[at + word] !== 0) return false
  if ((words[at + REQ_EVENT]! | words[at + RSP_EVENT]!) === 0) return false
  return distance(words[at + RSP_PROD]!, words[at + REQ_PROD]!) <= MAX_ENTRIES
}

/** An event index is near the producer it waits for: at most a ring behind, and not beyond the next one that can come. */
export function isNear(event: number, producer: number, reach: number, nr_ents: number): boolean {
  return distance(advance(producer, -nr_ents), event) <= nr_ents + reach
}
