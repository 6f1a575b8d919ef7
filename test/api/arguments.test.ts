// Arguments that are wrong in the ways that people get them wrong: the message says what they are, and what to do.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, expectTypeOf, test } from 'vitest'
import { ringGeometry } from '../../src/codec/ring/geometry.ts'
import { layoutOf } from '../../src/codec/struct/layout.ts'
import { blkifRequest } from '../../src/codec/xen/blkif.ts'
import {
  type Abi,
  captureOf,
  check,
  decodeCapture,
  decodeRing,
  diagnose,
  diff,
  guessAbi,
  type Request,
  x86_64,
} from '../../src/index.ts'

const page = readFileSync(join(import.meta.dirname, '../../dumps/direct/ring.bin'))
const decode = decodeRing as (bytes: unknown, abi: unknown) => unknown
const wrong = (bytes: unknown, abi: unknown) => {
  try {
    decode(bytes, abi)
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`
  }
  return 'no error'
}

test('an ABI that is none', () => {
  expect(wrong(page, 'x86_32')).toBe(
    "TypeError: decodeRing: the ABI is the text 'x86_32', where a value of Abi is needed: import { x86_32 } from 'blkring'; by its name, abiByName('x86_64')",
  )
  expect(wrong(page, 'amd64')).toContain("import { x86_64 } from 'blkring'")
  expect(wrong(page, undefined)).toBe(
    "TypeError: decodeRing: no ABI was given: import { x86_64 } from 'blkring', or guess it with guessAbi(bytes).abi",
  )
  expect(wrong(page, null)).toContain('the ABI is null')
  expect(wrong(page, 64)).toContain('the ABI is of type number')
  expect(wrong(page, {})).toContain('the ABI is of type object')
  expect(wrong(page, guessAbi(page))).toBe('TypeError: decodeRing: the ABI is inside what was given: pass its property abi')
})

test('bytes that are none, or no pages', () => {
  expect(wrong(undefined, x86_64)).toContain('TypeError: decodeRing: bytes is missing')
  expect(wrong('ring.bin', x86_64)).toContain("bytes is the text 'ring.bin': loadDumps of blkring/node reads files")
  expect(wrong(Promise.resolve(page), x86_64)).toContain('bytes is a Promise, which has to be awaited')
  expect(wrong(page.buffer, x86_64)).toContain('bytes is an ArrayBuffer: new Uint8Array(buffer)')
  expect(wrong(new DataView(page.buffer), x86_64)).toContain('view of other elements')
  expect(wrong([...page], x86_64)).toContain('bytes is an array: Uint8Array.from(array)')
  expect(wrong(7, x86_64)).toContain('bytes is of type number')
  expect(wrong(new Uint8Array(), x86_64)).toContain('RangeError: decodeRing: no bytes were given')
  expect(wrong(page.subarray(0, 4000), x86_64)).toBe(
    'RangeError: decodeRing: 4000 bytes are no whole pages of 4096; of a ring that was cut, add 96 bytes and name them in options.missing',
  )
  expect(() => guessAbi(page.subarray(1))).toThrow('guessAbi: 4095 bytes')
})

test('other functions that take an ABI', () => {
  const text = 'x86_64' as unknown as Abi
  expect(() => layoutOf(blkifRequest, text)).toThrow("layout of blkif_request: the ABI is the text 'x86_64'")
  expect(() => ringGeometry(text, 1)).toThrow("the ABI is the text 'x86_64'")
  expect(() => decodeCapture(captureOf(page), text)).toThrow("decodeCapture: the ABI is the text 'x86_64'")
})

test('one capture stands for a list of one', () => {
  const decoded = decodeCapture(captureOf(page))
  expect(check(decoded)).toEqual(check([decoded]))
  expect(diagnose(decoded)).toEqual(diagnose([decoded]))
  expect(diff(decoded, decoded)).toEqual(diff([decoded], [decoded]))
  expect(diff(decoded, decoded).hunks).toEqual([])
})

test('a slice of a larger buffer is bytes as any', () => {
  const pool = Buffer.alloc(3 * page.length)
  page.copy(pool, 13)
  const slice = pool.subarray(13, 13 + page.length)
  expect(decodeRing(slice, x86_64).slots).toEqual(decodeRing(new Uint8Array(page), x86_64).slots)
})

test('the operation tells the kind, as the kind tells the operation', () => {
  const request = decodeRing(page, x86_64).slots.flatMap((slot) => (slot.state === 'request' ? [slot.request] : []))[0]!
  if (request.op === 'write') {
    expectTypeOf(request.kind).toEqualTypeOf<'rw'>()
    expectTypeOf(request.nr_sectors).toEqualTypeOf<number>()
  }
  if (request.op === 'discard') expectTypeOf(request.nr_sectors).toEqualTypeOf<bigint>()
  if (request.op === 'indirect') expectTypeOf(request.segments).toExtend<readonly unknown[] | null>()
  if (request.op === 'unknown') expectTypeOf(request.raw).toEqualTypeOf<Uint8Array>()
  if (request.kind === 'rw') expectTypeOf(request.op).toEqualTypeOf<'read' | 'write' | 'barrier' | 'flush'>()
  expectTypeOf<Request['op']>().toExtend<string>()
  expectTypeOf(x86_64).toEqualTypeOf<Abi>()
  expect(request).toMatchObject({ kind: 'rw', op: 'read', operation: 0 })
})
