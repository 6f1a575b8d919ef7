// How large a ring must be of which only the first bytes are there.
import { x86_64 } from '../struct/abi.ts'
import { layoutOf } from '../struct/layout.ts'
import { decode } from '../struct/parser.ts'
import { sringHeader } from '../xen/ring.ts'
import { MAX_RING_PAGES, ringGeometry } from './geometry.ts'
import { distance } from './ring-idx.ts'

/**
 * The fewest pages of a ring that has a slot for everything outstanding; `least` where no ring has. Under both layouts a page
 * has as many slots.
 * @param bytes its first ones, with both producers
 * @param least as many pages as its bytes take: 1, 2, 4, 8 or 16
 */
export function fewestPages(bytes: Uint8Array, least: number): number {
  const header = new Uint8Array(layoutOf(sringHeader, x86_64).size)
  header.set(bytes.subarray(0, header.length))
  const { req_prod, rsp_prod } = decode(sringHeader, x86_64, header)
  const outstanding = distance(rsp_prod, req_prod)
  for (let pages = least; pages <= MAX_RING_PAGES; pages *= 2) if (outstanding <= ringGeometry(x86_64, pages).nr_ents) return pages
  return least
}
