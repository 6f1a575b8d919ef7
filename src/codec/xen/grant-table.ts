// Tables and codes of xen/include/public/grant_table.h (Xen 4.17).
import { reserved, struct, u16, u32, u64, union, type ValueOf } from '../struct/c-types.ts'

/** The type of an entry that gives access to nothing (grant_table.h, as all GTF_*). */
export const GTF_invalid = 0
/** The type of an entry that lets a domain map a page. */
export const GTF_permit_access = 1
/** The bits of `flags` that are the entry's type. */
export const GTF_type_mask = 3
/** The bit of `flags` that allows reading only. */
export const GTF_readonly = 1 << 2
/** The bit of `flags` that Xen sets while the other domain maps the page. */
export const GTF_reading = 1 << 3
/** The bit of `flags` that Xen sets while the other domain maps the page to write. */
export const GTF_writing = 1 << 4
/** The bit of `flags`, in version 2 only, of a part of a page: its offset and length lie where a whole page has padding. */
export const GTF_sub_page = 1 << 8
/** All bits that grant_table.h gives a meaning: type, readonly, reading, writing, cache attributes, sub_page. */
export const GTF_KNOWN = 0x1ff

/**
 * The number of references at the beginning of a table that the toolstack uses: console, XenStore, and others that nothing uses.
 */
export const GNTTAB_NR_RESERVED_ENTRIES = 8
/** The reference of the console's page. */
export const GNTTAB_RESERVED_CONSOLE = 0
/** The reference of XenStore's page. */
export const GNTTAB_RESERVED_XENSTORE = 1

/** An entry of a grant table of version 1, 8 bytes. */
export const grantEntryV1 = struct('grant_entry_v1', {
  flags: u16,
  domid: u16,
  frame: u32,
})

/** What every entry of a grant table of version 2 begins with. */
export const grantEntryHeader = struct('grant_entry_header', {
  flags: u16,
  domid: u16,
})

/**
 * An entry of a grant table of version 2, 16 bytes. The frame of a part of a page lies in the same place as that of a whole one.
 */
export const grantEntryV2 = union('grant_entry_v2', {
  hdr: grantEntryHeader,
  full_page: struct('grant_entry_v2_full_page', {
    hdr: grantEntryHeader,
    pad0: reserved(u32),
    frame: u64,
  }),
})

/** The value of `grantEntryV1`. */
export type GrantEntryV1 = ValueOf<typeof grantEntryV1>
/** The value of `grantEntryV2`. */
export type GrantEntryV2 = ValueOf<typeof grantEntryV2>
