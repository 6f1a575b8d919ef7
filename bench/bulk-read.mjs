// Reads and decodes a capture to columns, as a user of the library would: what a whole process costs.

import { Batch, readBatch, ringGeometry, x86_64 } from '../dist/lib/codec/batch/index.js'
import { streamRings } from '../dist/lib/node/stream.js'

const batch = new Batch(ringGeometry(x86_64, 1), 64)
let sum = 0n
for await (const { bytes } of streamRings(process.argv[2], 1, undefined, batch.input)) {
  readBatch(batch, bytes)
  sum += BigInt(batch.rows)
}
process.stdout.write(`${sum}\n`)
