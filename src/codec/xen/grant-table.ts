// Table of xen/include/public/grant_table.h.
import { struct, u16, u32, type ValueOf } from '../struct/c-types.ts'

/** Version 1: 8 bytes a grant reference. */
export const grantEntryV1 = struct('grant_entry_v1', {
  flags: u16,
  domid: u16,
  frame: u32,
})

export type GrantEntryV1 = ValueOf<typeof grantEntryV1>
