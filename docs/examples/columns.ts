// Rings by the thousand, as columns: no object is made for a slot.
import { Batch, batchJudge, CERTAINTIES, REQUEST, RingOfBatch, readBatch, ringGeometry, x86_64 } from 'blkring/columns'
import { streamRings } from 'blkring/stream'

const batch = new Batch(ringGeometry(x86_64, 1), 64)
const judge = batchJudge(batch)
const counts = new Map<string, number>()
const doubted: number[] = []
// Rings are read straight into the memory of the batch.
for await (const { bytes } of streamRings('dumps/out-of-order/ring.bin', 1, undefined, batch.input)) {
  readBatch(batch, bytes)
  judge()
  for (let row = 0; row < batch.rows; row++)
    if (batch.state[row] === REQUEST) {
      const answered = CERTAINTIES[batch.certainty[row] ?? 0] ?? ''
      counts.set(answered, (counts.get(answered) ?? 0) + 1)
    }
  // Where a slot is of interest, it is seen as `decodeRing` gives it; the others never become objects.
  for (let ring = 0; ring < batch.rings; ring++) {
    const view = new RingOfBatch(batch, ring)
    for (const slot of view.outstanding > 0 ? view.slots() : [])
      if (slot.state === 'request' && slot.answered !== 'no') doubted.push(slot.answeredBy ?? -1)
  }
}
console.log(`answers that may be to a request of the window lie in slots ${doubted.join(', ')}`)
for (const [answered, requests] of counts) console.log(`answered ${answered}: ${requests} requests`)
