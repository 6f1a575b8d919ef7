// Whether a page reads as a frame of a grant table. Relocations, symbols and tables of small numbers do as well: only the first frame
// can be told, by the references behind console and XenStore, which no guest uses; and it is believed when it names the page of a ring.

import { WORDS_PER_PAGE } from '../codec/recognise/header.ts'
import { x86_64 } from '../codec/struct/abi.ts'
import { fieldOf, layoutOf, offsetsOf } from '../codec/struct/layout.ts'
import {
  GNTTAB_NR_RESERVED_ENTRIES,
  GNTTAB_RESERVED_XENSTORE,
  GTF_invalid,
  GTF_KNOWN,
  GTF_permit_access,
  GTF_sub_page,
  GTF_type_mask,
  grantEntryV1,
  grantEntryV2,
} from '../codec/xen/grant-table.ts'

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

/** Of these entries one is active: guests take references from the lowest on. */
const PROBED = 16
/** Words of which one is not zero in the first frame of a table of either version. */
export const PROBED_WORDS = PROBED * ENTRY_WORDS[2]
/** The ring, and console or XenStore; or a page of data. */
const MIN_ACTIVE = 2
/** The first reserved reference that nothing uses. */
const UNUSED = GNTTAB_RESERVED_XENSTORE + 1

/** The version under which the page reads as the first frame of a table, or undefined. */
export function firstFrameVersion(words: Uint32Array, at: number): GrantVersion | undefined {
  return isFirst(words, at, 1) ? 1 : isFirst(words, at, 2) ? 2 : undefined
}

function isFirst(words: Uint32Array, at: number, version: GrantVersion): boolean {
  const size = ENTRY_WORDS[version]
  for (let word = UNUSED * size; word < GNTTAB_NR_RESERVED_ENTRIES * size; word++) if (words[at + word] !== 0) return false
  return activeOf(words, at, version, PROBED) > 0 && activeOf(words, at, version, WORDS_PER_PAGE / size) >= MIN_ACTIVE
}

/** How many entries are active; -1 where one is odd. */
function activeOf(words: Uint32Array, at: number, version: GrantVersion, entries: number): number {
  let active = 0
  for (let entry = 0; entry < entries; entry++) {
    const state = entryState(words, at + entry * ENTRY_WORDS[version], version)
    if (state === 'odd') return -1
    if (state === 'active') active++
  }
  return active
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
