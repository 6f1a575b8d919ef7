// Makes captures of any size for the benchmarks: deterministic, 60% direct requests, 25% indirect, 10% discards, 5% flushes;
// of the ids one in ten uses all 64 bits.
import { Batch, REQUEST, RESPONSE } from '../src/codec/batch/batch.ts'
import { writeBatch } from '../src/codec/batch/write-batch.ts'
import { ringGeometry } from '../src/codec/ring/geometry.ts'
import { x86_64 } from '../src/codec/struct/abi.ts'

const RINGS = 64

/** xorshift32 (Marsaglia 2003). */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/**
 * Calls `take` with the bytes of 64 rings of one page at a time, always in the same buffer.
 * @param bytes of the capture: a multiple of 256 KiB
 * @param answered of the 32 slots of each ring, how many hold responses
 */
export function makeCapture(bytes: number, answered: number, take: (bytes: Uint8Array) => void): void {
  const geometry = ringGeometry(x86_64, 1)
  const next = random(0x2545f491)
  const batch = new Batch(geometry, RINGS)
  const page = new Uint8Array(RINGS * geometry.bytes)
  for (let at = 0; at < bytes; at += page.length) {
    page.fill(0)
    fill(batch, answered, next)
    writeBatch(batch, page)
    take(page)
  }
}

function fill(b: Batch, answered: number, next: (below: number) => number): void {
  const { nr_ents } = b.geometry
  let [row, seg, word] = [0, 0, 0]
  for (let ring = 0; ring < RINGS; ring++) {
    // The first slot of a lap, so that the oldest is slot 0.
    const lap = (1 + next(2 ** 20)) * nr_ents
    b.req_prod[ring] = lap + nr_ents
    b.req_event[ring] = lap + nr_ents + 1
    b.rsp_prod[ring] = lap + answered
    b.rsp_event[ring] = lap + answered + 1
    b.rowsAt[ring] = row
    for (let slot = 0; slot < nr_ents; slot++, row++) {
      b.slot[row] = slot
      b.state[row] = slot < answered ? RESPONSE : REQUEST
      b.id[row] = next(10) === 0 ? (BigInt(next(2 ** 32)) << 32n) | BigInt(next(2 ** 32)) : BigInt(slot)
      b.sector_number[row] = BigInt(next(2 ** 31))
      b.handle[row] = 51712
      b.segStart[row] = seg
      b.wordStart[row] = word
      b.segCount[row] = 0
      b.wordCount[row] = 0
      const of = next(100)
      if (of < 60 || b.state[row] === RESPONSE) {
        b.operation[row] = next(2)
        b.nr_segments[row] = b.segCount[row] = 1 + next(11)
        b.status[row] = next(50) === 0 ? -1 : 0
        for (let i = 0; i < b.segCount[row]!; i++, seg++) {
          b.gref[seg] = 8 + ring * 400 + slot * 11 + i
          b.first_sect[seg] = i === 0 ? next(4) : 0
          b.last_sect[seg] = 7
        }
      } else if (of < 85) {
        b.operation[row] = 6
        b.indirect_op[row] = next(2)
        b.nr_segments[row] = 12 + next(245)
        b.words[word++] = 8 + next(2 ** 20)
        b.wordCount[row] = 1
      } else if (of < 95) {
        b.operation[row] = 5
        b.flag[row] = next(2)
        b.nr_sectors[row] = BigInt(1 + next(2 ** 31))
      } else {
        b.operation[row] = 3
        b.nr_segments[row] = 0
        b.sector_number[row] = 2n ** 64n - 1n
      }
    }
  }
  b.rings = RINGS
  b.rowsAt[RINGS] = row
}
