// The structs of codec/xen that other programs can have too, in an order to read them in.
import { type Struct, type Union, union } from '../codec/struct/c-types.ts'
import {
  blkifIndirectPage,
  blkifRequest,
  blkifRequestDiscard,
  blkifRequestIndirect,
  blkifRequestSegment,
  blkifResponse,
  blkifSring,
  blkifSringEntry,
} from '../codec/xen/blkif.ts'
import { grantEntryV1, grantEntryV2 } from '../codec/xen/grant-table.ts'
import { sringHeader } from '../codec/xen/ring.ts'

/** A struct or union of the headers, and a sentence on it. */
export interface StructTable {
  readonly type: Struct | Union
  readonly about: string
}

export const TABLES: readonly StructTable[] = [
  { type: sringHeader, about: 'The head of a shared ring (ring.h). Slots follow.' },
  { type: blkifRequest, about: 'READ, WRITE, WRITE_BARRIER and FLUSH_DISKCACHE, with up to 11 segments in the slot.' },
  { type: blkifRequestSegment, about: 'A part of one 4 KiB grant: sectors first_sect to last_sect, both included.' },
  { type: blkifRequestIndirect, about: 'READ or WRITE (`indirect_op`) with its segments in up to 8 other pages.' },
  { type: blkifIndirectPage, about: 'A page that indirect_grefs names.' },
  { type: blkifRequestDiscard, about: 'DISCARD.' },
  { type: blkifResponse, about: 'What the backend writes over the slot of its own index.' },
  { type: blkifSringEntry, about: 'A slot.' },
  { type: blkifSring, about: 'A ring as C declares it, with one slot.' },
  { type: grantEntryV1, about: 'An entry of a version 1 grant table (grant_table.h).' },
  { type: grantEntryV2, about: 'An entry of a version 2 grant table: a whole page, or a part of one.' },
]

/** The tables of that name, or all. @throws RangeError that names the structs there are */
export function tablesOf(name: string | undefined): readonly StructTable[] {
  const wanted = name?.replace(/^(struct|union) /, '')
  const tables = wanted === undefined ? TABLES : TABLES.filter((t) => t.type.name === wanted)
  if (tables.length === 0) throw new RangeError(`no struct ${name}; there are ${TABLES.map((t) => t.type.name).join(', ')}`)
  return tables
}

/** A slot as each of the structs that it may hold. The headers have no name for it: C code casts. */
export const blkifSlot = union('blkif_slot', {
  request: blkifRequest,
  discard: blkifRequestDiscard,
  indirect: blkifRequestIndirect,
  response: blkifResponse,
})

/** What a language gets that gets all. */
export const LANGUAGE_TABLES: readonly StructTable[] = [
  ...TABLES,
  { type: blkifSlot, about: 'A slot as each of the structs that it may hold; operation and the indices of the ring say which.' },
]
