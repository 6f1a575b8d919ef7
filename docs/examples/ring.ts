// A ring in depth: its geometry, its slots in the order of their indices, what survives beneath a response.
import { loadDumps } from 'blkring/node'
import { decodeRing, slotOffset, slotsByIndex, waitState } from 'blkring/ring'
import { x86_64 } from 'blkring/struct'

for (const { bytes } of loadDumps('dumps/out-of-order')) {
  const ring = decodeRing(bytes, x86_64)
  const { geometry, sring } = ring
  console.log(`${geometry.nr_ents} slots, ${ring.outstanding} outstanding (${ring.evidence}), ${waitState(sring, geometry.nr_ents).waiting}`)
  for (const slot of slotsByIndex(ring).slice(-6, -3)) {
    const at = slotOffset(geometry, slot.slot)
    if (slot.state === 'request') console.log(`${at}: request ${slot.request.id} ${slot.request.op}`)
    if (slot.state === 'response') console.log(`${at}: response to ${slot.response.id}, over sector ${slot.beneath.sector_number}`)
  }
}
