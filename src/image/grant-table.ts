// A guest's grant table: from a reference to the frame that it gives access to, and back.
import { type Abi, x86_64 } from '../codec/struct/abi.ts'
import { decode } from '../codec/struct/decode.ts'
import { encodeOver } from '../codec/struct/encode.ts'
import { layoutOf } from '../codec/struct/layout.ts'
import {
  type GrantEntryV1,
  GTF_KNOWN,
  GTF_permit_access,
  GTF_type_mask,
  grantEntryV1,
  grantEntryV2,
} from '../codec/xen/grant-table.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { ENTRY_WORDS, entryState, type GrantVersion } from './grant-page.ts'
import { exact } from './reader.ts'

/** Any ABI: entries of both versions are laid out alike under all. */
const ABI: Abi = x86_64

/** An entry of a grant table that gives access to a page. */
export interface Grant {
  readonly gref: number
  readonly flags: number
  /** The domain that may use the page. */
  readonly domid: number
  /** As the guest names it: a machine frame of a PV guest, else one of its own. */
  readonly frame: number
}

/** A table that no one may make longer than memory allows: Xen's default is 64 frames, 32768 references. */
export const MAX_TABLE_BYTES = 4096 * XEN_PAGE_SIZE

/** A guest's grant table, of either version, read from the bytes of its frames. */
export class GrantTable {
  readonly version: GrantVersion
  /** References that the table has room for. */
  readonly entries: number
  readonly #bytes: Uint8Array
  readonly #entrySize: number
  #byFrame: Map<number, number> | undefined

  /** @param bytes its frames, in order */
  constructor(bytes: Uint8Array, version: GrantVersion) {
    this.version = version
    this.#bytes = bytes
    this.#entrySize = layoutOf(version === 1 ? grantEntryV1 : grantEntryV2, ABI).size
    this.entries = Math.floor(bytes.length / this.#entrySize)
  }

  /** The page that the reference gives access to; undefined where it gives access to none, or to another domain's (transitive). */
  get(gref: number): Grant | undefined {
    if (gref < 0 || gref >= this.entries) return undefined
    const { flags, domid, frame } = this.#entry(gref)
    if ((flags & GTF_type_mask) !== GTF_permit_access) return undefined
    const number = exact(frame)
    return number === undefined ? undefined : { gref, flags, domid, frame: number }
  }

  /** Whether the entry of the reference is unknown: the bytes end within a frame, before it. */
  lacks(gref: number): boolean {
    return gref >= this.entries && this.#bytes.length % XEN_PAGE_SIZE !== 0
  }

  /** The lowest reference that gives access to the frame. */
  of(frame: number): number | undefined {
    return this.frames.get(frame)
  }

  /** Every frame that a reference gives access to, with the lowest such reference. */
  get frames(): ReadonlyMap<number, number> {
    this.#byFrame ??= this.#index()
    return this.#byFrame
  }

  #index(): Map<number, number> {
    const byFrame = new Map<number, number>()
    for (let gref = 0; gref < this.entries; gref++) {
      const grant = this.get(gref)
      if (grant && !byFrame.has(grant.frame)) byFrame.set(grant.frame, gref)
    }
    return byFrame
  }

  #entry(gref: number): Pick<GrantEntryV1, 'flags' | 'domid'> & { frame: number | bigint } {
    const at = gref * this.#entrySize
    if (this.version === 1) return decode(grantEntryV1, ABI, this.#bytes, at)
    const { hdr, full_page } = decode(grantEntryV2, ABI, this.#bytes, at)
    return { ...hdr, frame: full_page.frame }
  }
}

/** A table of which some entries are known, in the version that their frames fit in. The others give access to nothing. */
export function grantTableOf(grants: readonly Grant[]): GrantTable {
  const isLong = grants.some(({ frame }) => frame >= 2 ** 32)
  const { size } = layoutOf(isLong ? grantEntryV2 : grantEntryV1, ABI)
  const last = grants.reduce((most, { gref }) => Math.max(most, gref), -1)
  const bytes = new Uint8Array((last + 1) * size)
  for (const { gref, flags, domid, frame } of grants) {
    const hdr = { flags, domid }
    if (isLong) encodeOver(grantEntryV2.fields.full_page, ABI, { hdr, frame: BigInt(frame) }, bytes, gref * size)
    else encodeOver(grantEntryV1, ABI, { ...hdr, frame }, bytes, gref * size)
  }
  return new GrantTable(bytes, isLong ? 2 : 1)
}

/** Of the entries, so many may be odd in a table that was read while it changed, or that someone damaged. */
const MAX_ODD = 0.05

/** The table that the bytes read as: the version under which fewer entries are odd. Undefined where neither makes sense. */
export function parseGrantTable(bytes: Uint8Array): GrantTable | undefined {
  const words = new Uint32Array(bytes.slice().buffer, 0, Math.floor(bytes.length / Uint32Array.BYTES_PER_ELEMENT))
  const [one, two] = [countStates(words, 1), countStates(words, 2)]
  const version = two.odd * 2 < one.odd ? 2 : 1
  const { active, odd } = version === 1 ? one : two
  if (active === 0 || odd > MAX_ODD * (active + odd)) return undefined
  return new GrantTable(bytes, version)
}

/**
 * The table of a file that is known to be one: an empty table, and one of frames that no guest has, are of version 1. Undefined where
 * the flags are none that grant_table.h has.
 */
export function namedGrantTable(bytes: Uint8Array): GrantTable | undefined {
  const parsed = parseGrantTable(bytes)
  if (parsed || bytes.length === 0) return parsed
  const words = new Uint32Array(bytes.slice().buffer, 0, Math.floor(bytes.length / Uint32Array.BYTES_PER_ELEMENT))
  for (let at = 0; at < words.length; at += ENTRY_WORDS[1]) if (words[at]! & 0xffff & ~GTF_KNOWN) return undefined
  return new GrantTable(bytes, 1)
}

function countStates(words: Uint32Array, version: GrantVersion): { active: number; odd: number } {
  const counts = { active: 0, odd: 0, free: 0 }
  for (let at = 0; at + ENTRY_WORDS[version] <= words.length; at += ENTRY_WORDS[version]) counts[entryState(words, at, version)]++
  return counts
}
