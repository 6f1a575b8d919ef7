// The rings of a memory image, whatever its format, through a reader of bytes.
import { findRings } from 'blkring/image'
import { loadDumps } from 'blkring/node'

const memory = new Uint8Array(64 * 4096)
for (const { bytes } of loadDumps('dumps/direct')) memory.set(bytes, 17 * 4096)

const { map, rings } = await findRings({
  size: memory.length,
  read: async (offset, buffer) => {
    const part = memory.subarray(offset, offset + buffer.length)
    buffer.set(part)
    return part.length
  },
})
for (const { offsets, score } of rings) console.log(`${map.format}: a ring at ${offsets[0]}, ${score.abi.name}, score ${score.score}`)
