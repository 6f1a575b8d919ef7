// Which way round words are in texts that do not say it, of rings that are damaged.
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readTextRings } from '../../src/hexdump/index.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { FORMATTERS } from './formatters.ts'

const printer = (name: string) => FORMATTERS.find((formatter) => formatter.name === name)!.print
const FORMATS = ['xxd', 'xxd -g4', 'xxd -e', 'md of U-Boot, words of 2', 'md of U-Boot, words of 4'].map(printer)
const load = (name: string) =>
  loadDumps(join(import.meta.dirname, '../../dumps', name))
    .next()
    .value!.bytes.slice(0, 4096)

/** The ring with its four indices, and words of the rest, replaced. */
function damaged(name: string, indices: readonly number[], words: readonly (readonly [at: number, value: number])[] = []) {
  const bytes = load(name)
  const view = new DataView(bytes.buffer)
  for (const [i, index] of indices.entries()) view.setUint32(4 * i, index, true)
  for (const [at, value] of words) view.setUint32(64 + 4 * (at % 1008), value, true)
  return bytes
}

const reads = (bytes: Uint8Array) =>
  FORMATS.map((print) => readTextRings(print(bytes, 0n), 1).map((ring) => Buffer.compare(ring.bytes, bytes)))

test.each([
  ['an event of another ring', 'idle', [0, 1, 0, 0x401]],
  ['no event of the backend', 'idle', [1, 2, 0, 0]],
  ['a producer with a bit too many', 'direct', [0x0100_0010, 17, 3, 4]],
  ['both events right, and impossible producers', 'ring-full', [3, 4, 0x0120_0000, 0x0120_0001]],
  ['bytes in the padding', 'direct', [17, 18, 3, 4]],
])('%s', (what, name, indices) => {
  const bytes = damaged(name, indices)
  if (what === 'bytes in the padding') bytes.fill(0xff, 30, 34)
  expect(reads(bytes)).toEqual(FORMATS.map(() => [0]))
})

test('slots of chance, where the indices can be and an event is just past its producer', () => {
  const names = fc.constantFrom('direct', 'ring-full', 'wrapped', 'idle', 'x86_32')
  const words = fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.integer({ min: 0, max: 0xffff_ffff }))), { maxLength: 40 })
  fc.assert(
    fc.property(names, fc.nat(1000), fc.nat(32), words, (name, rsp_prod, outstanding, words) => {
      const req_prod = rsp_prod + outstanding
      expect(reads(damaged(name, [req_prod, req_prod + 1, rsp_prod, rsp_prod], words))).toEqual(FORMATS.map(() => [0]))
    }),
    { numRuns: 60 },
  )
})
