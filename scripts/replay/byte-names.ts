// The field that a byte of a ring or of an indirect page belongs to.
import type { SharedRing } from '../../src/blkfront/index.ts'
import { type Abi, x86_64 } from '../../src/codec/struct/abi.ts'
import { annotate } from '../../src/codec/struct/annotate.ts'
import type { CType } from '../../src/codec/struct/c-types.ts'
import { blkifIndirectPage } from '../../src/codec/xen/blkif.ts'
import { REQUEST_STRUCTS, requestKind } from '../../src/codec/xen/operations.ts'
import { sringHeader } from '../../src/codec/xen/ring.ts'

/** Such as `slot 3 blkif_request.seg[0].gref`; the slot's own operation, in the bytes given, says which request it holds. */
export function ringByteName(ring: SharedRing, bytes: Uint8Array, offset: number): string {
  const { geometry, wire } = ring
  if (offset < geometry.slotsAt) return nameIn(sringHeader, geometry.abi, offset)
  if (offset >= geometry.tailAt) return 'behind the last slot'
  const slot = Math.floor((offset - geometry.slotsAt) / geometry.stride)
  const start = geometry.slotsAt + slot * geometry.stride
  const type = REQUEST_STRUCTS[requestKind(bytes[start + wire.rw.operation] ?? 0)]
  return `slot ${slot} ${nameIn(type, geometry.abi, offset - start)}`
}

export function indirectByteName(offset: number): string {
  // Indirect pages lie the same in every ABI: they hold no 64-bit field.
  return nameIn(blkifIndirectPage, x86_64, offset)
}

function nameIn(type: CType, abi: Abi, offset: number): string {
  const range = annotate(type, abi).find((r) => offset < r.offset + r.size)
  if (!range) return 'past the request'
  return range.kind === 'padding' ? `${range.path} (padding)` : range.path
}
