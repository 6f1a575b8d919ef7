// Tables and codes of xen/include/public/grant_table.h (Xen 4.17).
import { reserved, struct, u16, u32, u64, union, type ValueOf } from '../struct/c-types.ts'

/** Flags: the lowest two bits are the entry's type. */
export const GTF_invalid = 0
export const GTF_permit_access = 1
export const GTF_type_mask = 3
export const GTF_readonly = 1 << 2
/** Set by Xen while the other domain maps the page. */
export const GTF_reading = 1 << 3
export const GTF_writing = 1 << 4
/** Version 2 only: a part of the page, whose offset and length lie where a whole page has padding. */
export const GTF_sub_page = 1 << 8
/** All flags that the header has: type, readonly, reading, writing, cache attributes, sub_page. */
export const GTF_KNOWN = 0x1ff

/** So many references are the tools': console, XenStore, and others that nothing uses. */
export const GNTTAB_NR_RESERVED_ENTRIES = 8
export const GNTTAB_RESERVED_CONSOLE = 0
export const GNTTAB_RESERVED_XENSTORE = 1

/** Version 1: 8 bytes a grant reference. */
export const grantEntryV1 = struct('grant_entry_v1', {
  flags: u16,
  domid: u16,
  frame: u32,
})

/** What all entries of version 2 begin with. */
export const grantEntryHeader = struct('grant_entry_header', {
  flags: u16,
  domid: u16,
})

/** Version 2: 16 bytes a grant reference. The frame of a part of a page lies in the same place as that of a whole one. */
export const grantEntryV2 = union('grant_entry_v2', {
  hdr: grantEntryHeader,
  full_page: struct('grant_entry_v2_full_page', {
    hdr: grantEntryHeader,
    pad0: reserved(u32),
    frame: u64,
  }),
})

export type GrantEntryV1 = ValueOf<typeof grantEntryV1>
export type GrantEntryV2 = ValueOf<typeof grantEntryV2>
