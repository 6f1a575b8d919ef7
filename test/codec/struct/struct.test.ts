// The engine on its own: small tables, exact layouts, exact errors.
import { expect, test } from 'vitest'
import { arm, x86_32, x86_64 } from '../../../src/codec/struct/abi.ts'
import { annotate } from '../../../src/codec/struct/annotate.ts'
import { array, reserved, s16, struct, u8, u16, u32, u64, union } from '../../../src/codec/struct/c-types.ts'
import { decode } from '../../../src/codec/struct/decode.ts'
import { encode, encodeOver } from '../../../src/codec/struct/encode.ts'
import { fieldOf, layoutOf, offsetsOf } from '../../../src/codec/struct/layout.ts'

const inner = struct('inner', { a: u32, b: u8 })
const outer = struct('outer', {
  tag: u8,
  big: u64,
  kept: reserved(u16),
  signed: s16,
  list: array(inner, 2),
  only32: reserved(u64, 'x86_32'),
})
const either = union('either', { wide: u64, narrow: u16 })

test('fields lie where C puts them', () => {
  const offsets = (abi: typeof x86_64) => layoutOf(outer, abi).fields.map((f) => `${f.name}@${f.offset}+${f.size}`)
  expect(offsets(x86_64)).toEqual(['tag@0+1', 'big@8+8', 'kept@16+2', 'signed@18+2', 'list@20+16'])
  expect(offsets(x86_32)).toEqual(['tag@0+1', 'big@4+8', 'kept@12+2', 'signed@14+2', 'list@16+16', 'only32@32+8'])
  expect([layoutOf(outer, x86_64).size, layoutOf(outer, arm).size, layoutOf(outer, x86_32).size]).toEqual([40, 40, 40])
  expect(layoutOf(either, x86_32)).toMatchObject({ size: 8, align: 4 })
})

test('offsetsOf leaves reserved fields out; an unknown field is named', () => {
  expect(offsetsOf(outer, x86_64)).toEqual({ tag: 0, big: 8, signed: 18, list: 20 })
  expect(() => fieldOf(layoutOf(outer, x86_64), 'only32')).toThrow('outer has no field only32 under x86_64')
})

const value = {
  tag: 1,
  big: 2n ** 64n - 1n,
  signed: -2,
  list: [
    { a: 3, b: 4 },
    { a: 0xffff_ffff, b: 255 },
  ],
}
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

test.each([
  [x86_64, '0100000000000000ffffffffffffffff0000feff0300000004000000ffffffffff00000000000000'],
  [x86_32, '01000000ffffffffffffffff0000feff0300000004000000ffffffffff0000000000000000000000'],
])('a value and its bytes, both ways: %o', (abi, bytes) => {
  expect(hex(encode(outer, abi, value))).toBe(bytes)
  expect(decode(outer, abi, Buffer.from(bytes, 'hex'))).toEqual(value)
})

test('a union decodes to every reading of its bytes', () => {
  expect(decode(either, x86_64, Uint8Array.of(1, 2, 0, 0, 0, 0, 0, 1))).toEqual({ wide: 0x0100_0000_0000_0201n, narrow: 0x201 })
})

test('encoding over bytes leaves padding and reserved bytes as they are', () => {
  const bytes = new Uint8Array(layoutOf(outer, x86_64).size + 2).fill(0xaa)
  encodeOver(outer, x86_64, value, bytes, 1)
  expect(hex(bytes)).toBe('aa01aaaaaaaaaaaaaaffffffffffffffffaaaafeff0300000004aaaaaaffffffffffaaaaaaaaaaaaaaaa')
})

test('annotate names every byte once', () => {
  expect(annotate(outer, x86_32).map((r) => `${r.offset}+${r.size} ${r.path} ${r.kind}`)).toEqual([
    '0+1 outer.tag field',
    '1+3 outer padding',
    '4+8 outer.big field',
    '12+2 outer.kept reserved',
    '14+2 outer.signed field',
    '16+4 outer.list[0].a field',
    '20+1 outer.list[0].b field',
    '21+3 outer.list[0] padding',
    '24+4 outer.list[1].a field',
    '28+1 outer.list[1].b field',
    '29+3 outer.list[1] padding',
    '32+8 outer.only32 reserved',
  ])
})

test.each([
  [0, 'outer.tag at 0x0: needs 1 byte, 0 left'],
  [9, 'outer.big at 0x8: needs 8 bytes, 1 left'],
  [29, 'outer.list[1].a at 0x1c: needs 4 bytes, 1 left'],
  [35, 'outer.list[1] at 0x21: needs 3 bytes, 2 left'],
])('%d bytes are too few: %s', (length, message) => {
  expect(() => decode(outer, x86_64, new Uint8Array(length))).toThrow(message)
})

test.each([
  [{ ...value, tag: 256 }, 'outer.tag at 0x0: 256 is not a u8 (0 to 255)'],
  [{ ...value, tag: 1.5 }, 'outer.tag at 0x0: 1.5 is not a u8 (0 to 255)'],
  [{ ...value, big: -1n }, 'outer.big at 0x8: -1 is not a u64 (a bigint from 0 to 2^64-1)'],
  [{ ...value, big: 2n ** 64n }, 'outer.big at 0x8: 18446744073709551616 is not a u64 (a bigint from 0 to 2^64-1)'],
  [{ ...value, signed: 32768 }, 'outer.signed at 0x12: 32768 is not a s16 (-32768 to 32767)'],
  [{ ...value, list: [] }, 'outer.list at 0x14: needs an array of 2'],
])('a value that does not fit is refused: %#', (bad, message) => {
  expect(() => encode(outer, x86_64, bad)).toThrow(message)
})
