// Rings in sum: every request counted once, also one that several snapshots show.
import { Batch, batchJudge, readBatch } from 'blkring/columns'
import { streamRings } from 'blkring/node'
import { ringGeometry } from 'blkring/ring'
import { reportOf, Statistics } from 'blkring/stats'
import { x86_64 } from 'blkring/struct'

const sum = new Statistics()
const batch = new Batch(ringGeometry(x86_64, 1), 64)
const judge = batchJudge(batch)
const track = sum.track({ source: 'capture', queue: undefined }, batch.geometry)
for await (const { bytes, rings, first } of streamRings('dumps/out-of-order/ring.bin', 1)) {
  readBatch(batch, bytes)
  judge()
  for (let ring = 0; ring < rings; ring++) sum.add(track, batch, ring, first + ring)
}
track.end()
console.log(reportOf(sum).bytes)
