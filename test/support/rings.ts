// Rings of chance: any bytes, and bytes of which many are operations, counts, ids and sectors that can be.
import fc from 'fast-check'

const PAGE = 4096

/** Near 2^32, near 0, or anywhere. */
const index = fc.oneof(
  fc.integer({ min: 1, max: 600 }).map((back) => 2 ** 32 - back),
  fc.integer({ min: 0, max: 600 }),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
)
/** Indices that can be. */
const sane = fc.tuple(index, fc.integer({ min: 0, max: 512 })).map(([rsp, n]) => [rsp + n, rsp + n + 1, rsp, rsp + 1])

/** xorshift32; masks make small numbers of the bytes, `sparse` makes most of the words 0. */
function noise(seed: number, mask: number, sparse: boolean, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let state = seed | 1
  for (let i = 0; i < length; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    if (!sparse || i % 4 === 0) bytes[i] = (state >>> 9) & mask
  }
  return bytes
}

/** A ring of so many pages. */
export function rings(pages: number): fc.Arbitrary<Uint8Array> {
  const parts = {
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
    mask: fc.constantFrom(0xff, 0x07, 0x0f, 0x01, 0x00),
    sparse: fc.boolean(),
    sring: fc.option(fc.oneof(fc.tuple(index, index, index, index), sane, sane)),
  }
  return fc.record(parts).map(({ seed, mask, sparse, sring }) => {
    const bytes = noise(seed, mask, sparse, pages * PAGE)
    if (sring) bytes.set(new Uint8Array(Uint32Array.from(sring).buffer))
    return bytes
  })
}
