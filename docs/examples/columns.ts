// Rings by the thousand, as columns: no object is made for a slot.
import { Batch, batchJudge, CERTAINTIES, REQUEST, readBatch } from 'blkring/columns'
import { streamRings } from 'blkring/node'
import { ringGeometry } from 'blkring/ring'
import { x86_64 } from 'blkring/struct'

const batch = new Batch(ringGeometry(x86_64, 1), 64)
const judge = batchJudge(batch)
const counts = new Map<string, number>()
// Rings are read straight into the memory of the batch.
for await (const { bytes } of streamRings('dumps/out-of-order/ring.bin', 1, undefined, batch.input)) {
  readBatch(batch, bytes)
  judge()
  for (let row = 0; row < batch.rows; row++)
    if (batch.state[row] === REQUEST) {
      const answered = CERTAINTIES[batch.certainty[row] ?? 0] ?? ''
      counts.set(answered, (counts.get(answered) ?? 0) + 1)
    }
}
for (const [answered, requests] of counts) console.log(`answered ${answered}: ${requests} requests`)
