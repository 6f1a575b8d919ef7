// Every captured ring, alone in memory: it is found, under its own layout and with as many pages as were used.
import { expect } from 'vitest'
import { ringGeometry } from '../../src/codec/ring/geometry.ts'
import { x86_64 } from '../../src/codec/struct/abi.ts'
import { findRings, RING_SCORE } from '../../src/image/index.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { eachCapture } from '../support/captures.ts'
import { expectSame } from '../support/expect-same.ts'
import { BytesReader, PAGE, randomPages } from './memory.ts'

/** Pages of which a slot was used: the others are zeros, and could be anyone's. */
function pagesUsed(used: number, pages: number): number {
  return [1, 2, 4, 8, 16].find((n) => used <= ringGeometry(x86_64, n).nr_ents || n === pages)!
}

eachCapture('each capture', async ({ path }) => {
  for (const { bytes, xenstore, source } of loadDumps(path)) {
    // Between noise, and the pages of zeros that lie around everything.
    const memory = new Uint8Array(bytes.length + 40 * PAGE)
    memory.set(randomPages(10, bytes[4]! + 1))
    memory.set(bytes, 20 * PAGE)
    const { rings } = await findRings(new BytesReader(memory))
    expect(rings.map(({ offsets }) => offsets[0])).toEqual([20 * PAGE])
    const { score, bytes: found } = rings[0]!
    expect(score.score).toBeGreaterThanOrEqual(RING_SCORE)
    const protocol = xenstore?.frontend.get('protocol')
    if (!score.anyAbi) expect(`${source} ${score.abi.u64Align}`).toBe(`${source} ${protocol === 'x86_32-abi' ? 4 : 8}`)
    const firstLap = score.used === score.sring.req_prod
    expect(score.pages).toBe(firstLap ? pagesUsed(score.used, bytes.length / PAGE) : bytes.length / PAGE)
    expectSame(Uint8Array.from(found), Uint8Array.from(bytes.subarray(0, found.length)))
  }
})
