import type { Emulator } from '../../blkfront/index.ts'
import { slotOffset } from '../../codec/ring/geometry.ts'
import { advance, distance } from '../../codec/ring/ring-idx.ts'
import { decode } from '../../codec/struct/decode.ts'
import { BLKIF_OP_INDIRECT, blkifRequestIndirect, indirectPagesFor } from '../../codec/xen/blkif.ts'

/** The pages that requests in [rsp_prod, req_prod) of a queue name, as far as they are the driver's, by reference. */
export function indirectPagesInWindow({ frontend }: Emulator, queue = 0): Map<number, Uint8Array> {
  const { guest } = frontend
  const ring = frontend.rings[queue]!
  const { geometry, bytes, rsp_prod, req_prod } = ring
  const { abi, nr_ents } = geometry
  const pages = new Map<number, Uint8Array>()
  // Poked indices may leave more between them than the ring has.
  const count = Math.min(distance(rsp_prod, req_prod), nr_ents)
  for (let n = 1; n <= count; n++) {
    const at = slotOffset(geometry, ring.slotOf(advance(req_prod, -n)))
    if (ring.view.getUint8(at + ring.wire.rw.operation) !== BLKIF_OP_INDIRECT) continue
    const { nr_segments, indirect_grefs } = decode(blkifRequestIndirect, abi, bytes, at)
    for (const gref of indirect_grefs.slice(0, indirectPagesFor(nr_segments))) {
      const gfn = guest.grantTable.gfnOf(gref)
      const frame = gfn === undefined ? undefined : guest.memory.frame(gfn)
      if (frame) pages.set(gref, frame)
    }
  }
  return new Map([...pages].sort(([a], [b]) => a - b))
}
