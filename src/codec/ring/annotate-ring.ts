import type { ByteRange } from '../struct/annotate.ts'
import { annotate } from '../struct/annotate.ts'
import type { Struct } from '../struct/c-types.ts'
import { layoutOf } from '../struct/layout.ts'
import { blkifResponse } from '../xen/blkif.ts'
import { REQUEST_STRUCTS } from '../xen/operations.ts'
import { sringHeader } from '../xen/ring.ts'
import { slotOffset } from './geometry.ts'
import type { Ring, Slot } from './ring.ts'

/** Every byte of a ring exactly once, in order: header, each slot by its state, the tail. Paths begin with `ring[SLOT]`. */
export function annotateRing({ geometry, slots }: Ring): ByteRange[] {
  const { abi, stride, tailAt, bytes } = geometry
  const ranges = annotate(sringHeader, abi)
  for (const slot of slots) {
    const at = slotOffset(geometry, slot.slot)
    const path = `ring[${slot.slot}]`
    const type = structOf(slot)
    const size = type ? layoutOf(type, abi).size : 0
    if (type) ranges.push(...annotate(type, abi, at, `${path}.${slot.state === 'response' ? 'rsp' : 'req'}`))
    if (size < stride) ranges.push({ offset: at + size, size: stride - size, path, kind: 'padding' })
  }
  if (tailAt < bytes) ranges.push({ offset: tailAt, size: bytes - tailAt, path: 'tail', kind: 'padding' })
  return ranges
}

function structOf(slot: Slot): Struct | undefined {
  if (slot.state === 'request') return REQUEST_STRUCTS[slot.request.kind]
  return slot.state === 'response' ? blkifResponse : undefined
}
