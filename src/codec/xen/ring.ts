// Table of xen/include/public/io/ring.h: what DEFINE_RING_TYPES puts at the head of a shared ring.
import { array, reserved, struct, u8, u32 } from '../struct/c-types.ts'

/** Bytes of a Xen page, whatever the page size of the guest. */
export const XEN_PAGE_SIZE = 4096

const header = {
  req_prod: u32,
  req_event: u32,
  rsp_prod: u32,
  rsp_event: u32,
  pvt: reserved(array(u8, 4)),
  __pad: reserved(array(u8, 44)),
} as const

/** The fixed part of `struct blkif_sring`: the four shared indices and 48 bytes of padding. */
export const sringHeader = struct('sring', header)

/** A whole `struct NAME_sring`: the header and its first entry, as C declares it (`ring[1]`). */
export function sringOf<const E extends Parameters<typeof array>[0]>(name: string, entry: E) {
  return struct(name, { ...header, ring: array(entry, 1) })
}
