import { decodeRing } from '../codec/ring/decode-ring.ts'
import { encodeOver } from '../codec/struct/encode.ts'
import { sringHeader } from '../codec/xen/ring.ts'
import type { SideRing } from './model.ts'

/**
 * The two rings as their slots are to be compared. Where one side's indices cannot be, its slots are read by the other's,
 * so that one damaged header does not make every slot differ.
 */
export function readAlike(a: SideRing, b: SideRing): readonly [SideRing, SideRing] {
  if (a.ring.geometry.nr_ents !== b.ring.geometry.nr_ents || isPossible(a) === isPossible(b)) return [a, b]
  return !isPossible(a) ? [withIndicesOf(a, b), b] : [a, withIndicesOf(b, a)]
}

function isPossible({ ring }: SideRing): boolean {
  return ring.indices !== 'impossible'
}

function withIndicesOf(side: SideRing, other: SideRing): SideRing {
  const { abi } = side.ring.geometry
  const bytes = side.bytes.slice()
  encodeOver(sringHeader, abi, other.ring.sring, bytes)
  return {
    ...side,
    ring: decodeRing(bytes, abi, {
      indirectPages: side.indirectPages,
      sectorUnit: side.ring.sectorUnit,
      missing: side.ring.missing.spans,
    }),
  }
}
