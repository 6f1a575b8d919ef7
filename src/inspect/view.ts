// A ring with its bytes, cut into areas: the header, each slot, the tail. An area is annotated when it is asked for, so that
// one slot costs the same whatever the ring's size.
import { annotateHeader, annotateSlot, type RingRange } from '../codec/ring/annotate-ring.ts'
import type { Finding } from '../codec/ring/finding.ts'
import { slotOffset } from '../codec/ring/geometry.ts'
import type { IndirectPages } from '../codec/ring/indirect-pages.ts'
import type { Ring, Slot } from '../codec/ring/ring.ts'

/** A decoded ring, and what is needed to speak of each of its bytes. */
export interface RingView {
  readonly ring: Ring
  /** The bytes that `ring` was decoded from. */
  readonly bytes: Uint8Array
  readonly indirectPages: IndirectPages
  /** The pages of data that lie beside the ring. */
  readonly dataPages?: Pick<ReadonlyMap<number, Uint8Array>, 'get'> | undefined
  /** Those of the ring, and of the dump that it came from. */
  readonly findings: readonly Finding[]
}

/** A part of a ring that has a name of its own. Every byte of a ring lies in exactly one. */
export interface Area {
  readonly name: 'sring' | 'slot' | 'tail'
  readonly offset: number
  /** The size in bytes. */
  readonly size: number
  /** The slot, of the area `slot`. */
  readonly slot: Slot | undefined
}

/** The areas of a ring in the order of their bytes; a tail only where there is one. */
export function areasOf({ geometry, slots }: Ring): Area[] {
  const { slotsAt, tailAt, bytes } = geometry
  const areas: Area[] = [{ name: 'sring', offset: 0, size: slotsAt, slot: undefined }]
  for (const slot of slots) areas.push(slotArea(geometry, slot))
  if (tailAt < bytes) areas.push({ name: 'tail', offset: tailAt, size: bytes - tailAt, slot: undefined })
  return areas
}

/**
 * The area that a byte lies in.
 * @param offset in bytes from the start of the ring, inside it
 */
export function areaAt({ geometry, slots }: Ring, offset: number): Area {
  const { slotsAt, stride, tailAt, bytes } = geometry
  if (offset < slotsAt) return { name: 'sring', offset: 0, size: slotsAt, slot: undefined }
  if (offset >= tailAt) return { name: 'tail', offset: tailAt, size: bytes - tailAt, slot: undefined }
  return slotArea(geometry, slots[Math.floor((offset - slotsAt) / stride)]!)
}

/** The area of a slot. */
export function slotArea(geometry: Ring['geometry'], slot: Slot): Area {
  return { name: 'slot', offset: slotOffset(geometry, slot.slot), size: geometry.stride, slot }
}

/** Every byte of an area exactly once, in order. */
export function rangesOf({ geometry }: Ring, { name, offset, size, slot }: Area): RingRange[] {
  if (slot) return annotateSlot(geometry, slot)
  if (name === 'sring') return annotateHeader(geometry)
  return [{ offset, size, path: name, kind: 'padding', scalar: undefined }]
}
