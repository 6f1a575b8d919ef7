// Rings in sum: every request counted once, also one that several snapshots show.
import { Batch, batchJudge, readBatch, ringGeometry, x86_64 } from 'blkring/columns'
import { reportOf, Statistics } from 'blkring/stats'
import { streamRings } from 'blkring/stream'

const sum = new Statistics()
const batch = new Batch(ringGeometry(x86_64, 1), 64)
const judge = batchJudge(batch)
const track = sum.track({ source: 'capture', queue: undefined }, batch.geometry)
for await (const { bytes, rings, first } of streamRings('dumps/out-of-order/ring.bin', 1, undefined, batch.input)) {
  readBatch(batch, bytes)
  judge()
  for (let ring = 0; ring < rings; ring++) sum.add(track, batch, ring, first + ring)
}
track.end()
console.log(reportOf(sum).bytes)
