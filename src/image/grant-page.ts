// Whether a page reads as a frame of a grant table. Many pages do by chance or purpose: such a page is believed only when it names
// the page of a ring.
import { x86_64 } from '../codec/struct/abi.ts'
import { fieldOf, layoutOf, offsetsOf } from '../codec/struct/layout.ts'
import {
  GTF_invalid,
  GTF_KNOWN,
  GTF_permit_access,
  GTF_sub_page,
  GTF_type_mask,
  grantEntryV1,
  grantEntryV2,
} from '../codec/xen/grant-table.ts'
import { WORDS_PER_PAGE } from './signature.ts'

export type GrantVersion = 1 | 2

const WORD = Uint32Array.BYTES_PER_ELEMENT
/** Words from entry to entry. The first holds flags and domid in both versions. */
export const ENTRY_WORDS: Readonly<Record<GrantVersion, number>> = {
  1: layoutOf(grantEntryV1, x86_64).size / WORD,
  2: layoutOf(grantEntryV2, x86_64).size / WORD,
}
const ONE = offsetsOf(grantEntryV1, x86_64)
const TWO = layoutOf(grantEntryV2.fields.full_page, x86_64)
/** Words from the start of an entry. */
const FRAME_1 = ONE.frame / WORD
const FRAME_2 = fieldOf(TWO, 'frame').offset / WORD
const PAD_2 = fieldOf(TWO, 'pad0').offset / WORD
/** Bits below domid in the first word. */
const DOMID_SHIFT = ONE.domid * 8
/** DOMID_FIRST_RESERVED of xen.h; among those above it, DOMID_SELF is no one's to grant to. */
const DOMIDS = 0x7ff0
/** Frame numbers have at most 40 bits: physical addresses have 52. */
const HIGH_FRAME_LIMIT = 2 ** 20

/** Entries that are looked at first: guests take references from the lowest on. */
const PROBED = 16
const LEAST_ACTIVE = 3

/** The version that the page reads as, or undefined. */
export function grantPageVersion(words: Uint32Array, at: number): GrantVersion | undefined {
  if (reads(words, at, 1, PROBED)) return reads(words, at, 1, WORDS_PER_PAGE / ENTRY_WORDS[1]) ? 1 : undefined
  if (reads(words, at, 2, PROBED)) return reads(words, at, 2, WORDS_PER_PAGE / ENTRY_WORDS[2]) ? 2 : undefined
  return undefined
}

function reads(words: Uint32Array, at: number, version: GrantVersion, entries: number): boolean {
  let active = 0
  for (let entry = 0; entry < entries; entry++) {
    const fault = entryState(words, at + entry * ENTRY_WORDS[version], version)
    if (fault === 'odd') return false
    if (fault === 'active') active++
  }
  return active >= LEAST_ACTIVE
}

/** `odd`: no entry that a guest writes. */
export function entryState(words: Uint32Array, at: number, version: GrantVersion): 'active' | 'free' | 'odd' {
  const first = words[at]!
  const flags = first & 0xffff
  const type = flags & GTF_type_mask
  if (type === GTF_invalid) return flags === 0 ? 'free' : 'odd'
  if (flags & ~GTF_KNOWN || first >>> DOMID_SHIFT >= DOMIDS) return 'odd'
  if (type !== GTF_permit_access) return 'active'
  if (version === 1) return words[at + FRAME_1] === 0 ? 'odd' : 'active'
  const [low, high] = [words[at + FRAME_2]!, words[at + FRAME_2 + 1]!]
  return high >= HIGH_FRAME_LIMIT || (low | high) === 0 || (words[at + PAD_2] !== 0 && !(flags & GTF_sub_page)) ? 'odd' : 'active'
}
