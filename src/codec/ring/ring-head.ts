// The header of a ring, and what its indices say alone.
import type { Abi } from '../struct/abi.ts'
import { walkOf } from '../struct/walk.ts'
import { sringHeader, XEN_PAGE_SIZE } from '../xen/ring.ts'
import { ringGeometry } from './geometry.ts'
import { type ByteSpan, missingOf } from './missing.ts'
import type { Ring } from './ring.ts'
import { distance, producersPossible } from './ring-idx.ts'

export type RingHead = Pick<Ring, 'geometry' | 'missing' | 'sring' | 'indices' | 'outstanding'>

/** Indices that are not in the input read as 0. @param view of whole pages @param spans those that are not in the input */
export function ringHead(view: DataView, abi: Abi, spans: readonly ByteSpan[] | undefined): RingHead {
  const geometry = ringGeometry(abi, view.byteLength / XEN_PAGE_SIZE)
  const missing = missingOf(geometry, spans)
  const sring = walkOf(sringHeader, abi)(view, 0)
  for (const name of missing.indices) sring[name] = 0
  const outstanding = missing.producers ? 0 : distance(sring.rsp_prod, sring.req_prod)
  const indices = missing.producers ? 'unknown' : producersPossible(sring, geometry.nr_ents) ? 'possible' : 'impossible'
  return { geometry, missing, sring, indices, outstanding }
}
