// Numbers as bytes: the digits that String gives.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteSink, literal } from '../../src/print/byte-sink.ts'

function written(size: number, write: (sink: ByteSink) => void): string {
  let text = ''
  const sink = new ByteSink(size, (bytes) => {
    text += Buffer.from(bytes).toString('latin1')
  })
  write(sink)
  sink.flush()
  return text
}

const u64 = (n: bigint) =>
  written(64, (sink) => {
    sink.reserve(20)
    sink.u64(Number(n & 0xffff_ffffn), Number(n >> 32n))
  })

test('u64: at every power of 2 and 10, and beside them', () => {
  const edges = [
    ...Array.from({ length: 65 }, (_, i) => 2n ** BigInt(i)),
    ...Array.from({ length: 20 }, (_, i) => 10n ** BigInt(i)),
  ]
  const all = edges.flatMap((n) => [n - 2n, n - 1n, n, n + 1n]).filter((n) => n >= 0n && n < 2n ** 64n)
  expect(all.map(u64)).toEqual(all.map(String))
})

test('u64 of chance', () => {
  fc.assert(
    fc.property(fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 2n ** 54n })), (n) => {
      expect(u64(n)).toBe(String(n))
    }),
    { numRuns: 20_000 },
  )
})

test('u32, s16, literals and hexadecimal', () => {
  for (const n of [
    0,
    9,
    10,
    99,
    100,
    65535,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32 - 1,
    ...Array.from({ length: 10 }, (_, i) => 10 ** i - 1),
  ])
    expect(written(16, (sink) => sink.u32(n))).toBe(String(n))
  for (const n of [0, -1, 1, -2, 32767, -32768]) expect(written(16, (sink) => sink.s16(n))).toBe(String(n))
  for (const text of ['', 'a', 'abcd', '{"gref":'])
    expect(written(32, (sink) => [text, 'x'].map((part) => sink.literal(literal(part))))).toBe(`${text}x`)
  expect(written(32, (sink) => sink.hex(Uint32Array.of(1, 0xfe01_23ab, 0xff), 1, 1))).toBe('ab2301fe')
})

test('what does not fit is passed on first, and a buffer that is too small grows', () => {
  const parts: number[] = []
  const sink = new ByteSink(16, (bytes) => parts.push(bytes.length))
  for (let i = 0; i < 3; i++) {
    sink.reserve(8)
    sink.literal(literal('12345678'))
  }
  sink.reserve(100)
  for (let i = 0; i < 10; i++) sink.literal(literal('1234567890'))
  sink.flush()
  sink.flush()
  expect(parts).toEqual([8, 8, 8, 100])
})
