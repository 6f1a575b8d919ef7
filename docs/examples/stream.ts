// A long file, or what comes through a pipe: many rings at a time, in memory that is used again.
import { streamRings } from 'blkring/stream'

let read = 0
for await (const { rings, first, bytes } of streamRings('dumps/direct/ring.bin', 1)) {
  console.log(`${rings} ring from ring ${first} on: ${bytes.length} bytes`)
  read += rings
}
console.log(`${read} in all`)
