// Numbers as bytes: the digits that String gives.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteSink, Literals, putText } from '../../src/print/byte-sink.ts'
import { hexDigitsOf, putHex, putHexNumber, putU32, putU64, u32DigitsOf } from '../../src/print/digits.ts'

function written(write: (view: DataView, at: number) => number): string {
  const bytes = Buffer.alloc(64)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return bytes.toString('latin1', 1, write(view, 1))
}

const u64 = (n: bigint) => written((view, at) => putU64(view, at, Number(n & 0xffff_ffffn), Number(n >> 32n)))

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

test('u32: at every power of 10, and beside them', () => {
  const powers = Array.from({ length: 10 }, (_, i) => 10 ** i)
  for (const n of [0, ...powers.flatMap((n) => [n - 1, n, n + 1]), 65535, 99_990_000, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1])
    expect(written((view, at) => putU32(view, at, n))).toBe(String(n))
})

test('texts and hexadecimal', () => {
  const all = ['', 'a', 'abcdefgh', '{"gref":', ',"first_sect":255']
  const texts = new Literals(all)
  for (const [i, text] of all.entries())
    expect(written((view, at) => putText(view, putText(view, at, texts, i), texts, 1))).toBe(`${text}a`)
  const hex = Buffer.alloc(8)
  expect(putHex(hex, 0, Uint32Array.of(0xfe01_23ab))).toBe(8)
  expect(hex.toString()).toBe('ab2301fe')
})

test('what does not fit is passed on first, and a buffer that is too small grows', () => {
  const parts: number[] = []
  const sink = new ByteSink(16, (bytes) => parts.push(bytes.length))
  const texts = new Literals(['12345678'])
  for (let i = 0; i < 3; i++) {
    sink.reserve(8)
    sink.at = putText(sink.view, sink.at, texts, 0)
  }
  sink.reserve(96)
  for (let i = 0; i < 12; i++) sink.at = putText(sink.view, sink.at, texts, 0)
  sink.flush()
  sink.flush()
  expect(parts).toEqual([8, 8, 8, 96])
})

test('hexadecimal numbers and lengths of numbers: at every power of 2 and 10, and beside them', () => {
  const edges = [...Array.from({ length: 54 }, (_, i) => 2 ** i), ...Array.from({ length: 16 }, (_, i) => 10 ** i)]
  const all = edges.flatMap((n) => [n - 1, n, n + 1]).filter((n) => Number.isSafeInteger(n))
  expect(all.map((n) => written((view, at) => putHexNumber(view, at, n)))).toEqual(all.map((n) => `0x${n.toString(16)}`))
  expect(all.map(hexDigitsOf)).toEqual(all.map((n) => n.toString(16).length))
  const small = all.filter((n) => n < 2 ** 32)
  expect(small.map(u32DigitsOf)).toEqual(small.map((n) => String(n).length))
})
