// The assembler's modules compile, and do what their expressions say: against bigints.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { block, choose, exit, ignore, loop, loopOnce, loopWhile, type Way, when } from '../../../src/codec/wasm/control.ts'
import { compileWasm, wasmFunctions, wasmMemory } from '../../../src/codec/wasm/instance.ts'
import { fillBytes, load, type MemoryType, store } from '../../../src/codec/wasm/memory.ts'
import { WasmModule } from '../../../src/codec/wasm/module.ts'
import {
  add,
  and,
  ctz,
  div,
  eq,
  ge,
  gt,
  le,
  lt,
  ltSigned,
  mul,
  narrow,
  ne,
  not,
  or,
  select,
  shl,
  shr,
  sub,
  wide,
  xor,
} from '../../../src/codec/wasm/operators.ts'
import { effect } from '../../../src/codec/wasm/value.ts'

type Any = (...values: (number | bigint)[]) => number | bigint

const memory = wasmMemory(1)!

function run<F = Record<string, Any>>(module: WasmModule): F {
  const code = compileWasm(module.bytes())
  expect(code).toBeDefined()
  return wasmFunctions<F>(code!, memory)
}

/** Operators, and what each does to numbers without a sign, of so many bits. */
const BINARY: readonly (readonly [typeof add, (a: bigint, b: bigint, bits: bigint) => bigint])[] = [
  [add, (a, b) => a + b],
  [sub, (a, b) => a - b],
  [mul, (a, b) => a * b],
  [div, (a, b) => a / b],
  [and, (a, b) => a & b],
  [or, (a, b) => a | b],
  [xor, (a, b) => a ^ b],
  [shl, (a, b, bits) => a << (b % bits)],
  [shr, (a, b, bits) => a >> (b % bits)],
]
const COMPARE: readonly (readonly [typeof eq, (a: bigint, b: bigint, bits: bigint) => boolean])[] = [
  [eq, (a, b) => a === b],
  [ne, (a, b) => a !== b],
  [lt, (a, b) => a < b],
  [gt, (a, b) => a > b],
  [le, (a, b) => a <= b],
  [ge, (a, b) => a >= b],
  [ltSigned, (a, b, bits) => BigInt.asIntN(Number(bits), a) < BigInt.asIntN(Number(bits), b)],
]
const UNARY: readonly (readonly [typeof ctz, (a: bigint, bits: bigint) => bigint])[] = [
  [ctz, (a, bits) => (a === 0n ? bits : BigInt((a & -a).toString(2).length - 1))],
]

/** Each operator as a function, under its place in the tables. */
function ofAll(type: 'i32' | 'i64') {
  const module = new WasmModule()
  for (const [i, [operator]] of BINARY.entries()) {
    const f = module.func(`binary${i}`, [type, type], type)
    f.define([], operator(f.params[0], f.params[1]) as never)
  }
  for (const [i, [operator]] of COMPARE.entries()) {
    const f = module.func(`compare${i}`, [type, type], 'i32')
    f.define([], operator(f.params[0], f.params[1]))
  }
  for (const [i, [operator]] of UNARY.entries()) {
    const f = module.func(`unary${i}`, [type], type)
    f.define([], operator(f.params[0]) as never)
  }
  return run(module)
}

describe.each([
  ['i32', 32],
  ['i64', 64],
] as const)('operators of %s', (type, bits) => {
  const given = (value: bigint) => (bits === 32 ? Number(BigInt.asIntN(32, value)) : BigInt.asIntN(64, value))
  const number = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n }), fc.bigInt({ min: 0n, max: 70n }))

  test('each gives what bigints give', () => {
    const functions = ofAll(type)
    fc.assert(
      fc.property(number, number, (a, b) => {
        for (const [i, [operator, expected]] of BINARY.entries())
          if (b !== 0n || operator !== div)
            expect(functions[`binary${i}`]!(given(a), given(b)), `binary ${i}`).toBe(given(expected(a, b, BigInt(bits))))
        for (const [i, [, expected]] of COMPARE.entries())
          expect(functions[`compare${i}`]!(given(a), given(b)), `compare ${i}`).toBe(expected(a, b, BigInt(bits)) ? 1 : 0)
        for (const [i, [, expected]] of UNARY.entries())
          expect(functions[`unary${i}`]!(given(a)), `unary ${i}`).toBe(given(expected(a, BigInt(bits))))
      }),
      { numRuns: 200 },
    )
  })

  test('constants of any size', () => {
    const values = Array.from({ length: bits + 1 }, (_, n) => 2n ** BigInt(n)).flatMap((power) => [power - 1n, power, -power])
    const module = new WasmModule()
    for (const [i, value] of values.entries())
      module.func(`f${i}`, [], type).define([], (bits === 32 ? Number(BigInt.asIntN(32, value)) : value) as never)
    const functions = run(module)
    for (const [i, value] of values.entries()) expect(functions[`f${i}`]!(), String(value)).toBe(given(value))
  })
})

test('between the widths', () => {
  const module = new WasmModule()
  const there = module.func('there', ['i32'], 'i64')
  there.define([], wide(there.params[0]))
  const back = module.func('back', ['i64'], 'i32')
  back.define([], add(narrow(back.params[0]), mul(not(back.params[0]), 7)))
  const chosen = module.func('chosen', ['i32'], 'i64')
  chosen.define([], select(eq(chosen.params[0], 3), 5n, 6n))
  const functions = run(module)
  expect(functions['there']!(-1)).toBe(0xffff_ffffn)
  expect([functions['back']!(0x1_0000_0005n), functions['back']!(0n)]).toEqual([5, 7])
  expect([functions['chosen']!(3), functions['chosen']!(4)]).toEqual([5n, 6n])
})

test.each<[MemoryType, number | bigint]>([
  ['u8', 0x81],
  ['s8', -0x7f],
  ['u16', 0x8182],
  ['s16', -0x7e7f],
  ['u32', 0x1234_5678],
  ['u64', 0x8123_4567_89ab_cdefn],
])('%s lies in memory little-endian, at any address', (type, value) => {
  const module = new WasmModule()
  const put = module.func('put', ['i32', type === 'u64' ? 'i64' : 'i32'])
  put.define(store(type, put.params[0], 200, put.params[1]))
  const get = module.func('get', ['i32'], type === 'u64' ? 'i64' : 'i32')
  get.define([], load(type, get.params[0], 200) as never)
  const functions = run(module)
  const bytes = new Uint8Array(memory.buffer).fill(0)
  functions['put']!(3, value)
  const size = Number(type.slice(1)) / 8
  const expected = Array.from({ length: size }, (_, i) => Number((BigInt.asUintN(64, BigInt(value)) >> BigInt(8 * i)) & 0xffn))
  expect([...bytes.subarray(202, 204 + size)]).toEqual([0, ...expected, 0])
  expect(BigInt.asUintN(64, BigInt(functions['get']!(3)))).toBe(BigInt.asUintN(64, BigInt(value)))
})

test('bytes are filled', () => {
  const module = new WasmModule()
  const f = module.func('both', [])
  f.define([fillBytes(10, 7, 5)])
  const bytes = new Uint8Array(memory.buffer).fill(0)
  run(module)['both']!()
  expect([...bytes.subarray(8, 18)]).toEqual([0, 0, 7, 7, 7, 7, 7, 0, 0, 0])
})

test('loops, and ways out of them', () => {
  const module = new WasmModule()
  const sum = module.func('sum', ['i32'], 'i32')
  const [n] = sum.params
  const [i, total] = [sum.local(), sum.local()]
  sum.define([loopWhile(lt(i, n), [i.add(1), total.add(i)])], total)
  const once = module.func('once', ['i32'], 'i32')
  const count = once.local()
  once.define([loopOnce(count.add(1), lt(count, once.params[0]))], count)
  // The first number from `n` on that is a multiple of 8, but 100 where that is above 20.
  const found = module.func('found', ['i32'], 'i32')
  const [at] = found.params
  found.define(
    block((leave) => [
      loop((again) => [leave.unless(and(at, 7)), when(eq(at, 21), exit(100)), at.add(1), again.go]),
      ignore(once.call(1)),
    ]),
    at,
  )
  const nested = module.func('nested', ['i32'], 'i32')
  const [steps] = nested.params
  const inner = nested.local('i64')
  nested.define(
    block((outer) =>
      loop((again) => [block((next) => [next.when(ne(steps, 3)), outer.go]), steps.add(-1), inner.add(1n), again.go]),
    ),
    narrow(inner.tee(add(inner, 10n))),
  )
  const functions = run(module)
  expect([functions['sum']!(0), functions['sum']!(10)]).toEqual([0, 55])
  expect([functions['once']!(0), functions['once']!(4)]).toEqual([1, 4])
  expect([functions['found']!(9), functions['found']!(16), functions['found']!(17)]).toEqual([16, 16, 100])
  expect(functions['nested']!(8)).toBe(15)
})

test('conditions and cases', () => {
  const module = new WasmModule()
  const which = module.func('which', ['i32'], 'i32')
  const [number] = which.params
  const answer = which.local()
  which.define(choose(number, [1, 0, 1], [answer.set(10), answer.set(20), [answer.set(30), answer.add(1)]]), answer)
  const sign = module.func('sign', ['i32'], 'i32')
  const said = sign.local()
  sign.define(when(ltSigned(sign.params[0], 0), said.set(-1), said.set(1)), said)
  const functions = run(module)
  expect([0, 1, 2, 3, 255].map((n) => functions['which']!(n))).toEqual([20, 10, 20, 31, 31])
  expect([functions['sign']!(-5), functions['sign']!(5)]).toEqual([-1, 1])
})

test('functions call each other, also one that is defined later', () => {
  const module = new WasmModule()
  const even = module.func('even', ['i32'], 'i32')
  const odd = module.func('odd', ['i32'], 'i32')
  for (const [f, other, atZero] of [
    [even, odd, 1],
    [odd, even, 0],
  ] as const)
    f.define(when(not(f.params[0]), exit(atZero)), other.call(sub(f.params[0], 1)))
  const note = module.func('note', ['i32'])
  note.define(store('u32', 0, 0, note.params[0]))
  const both = module.func('both', [])
  both.define([note.call(shl(even.call(10), 4)), effect()])
  const functions = run(module)
  expect([functions['even']!(10), functions['even']!(7), functions['odd']!(7)]).toEqual([1, 0, 1])
  functions['both']!()
  expect(new Uint32Array(memory.buffer)[0]).toBe(16)
})

test('a branch that leads nowhere is a mistake of who made it', () => {
  const module = new WasmModule()
  const ways: Way[] = []
  const empty = block((leave) => {
    ways.push(leave)
    return []
  })
  module.func('wrong', []).define([empty, ways[0]!.go])
  expect(() => module.bytes()).toThrow('a branch leads to a block that it does not lie in')
})

test('without WebAssembly, and where it refuses, there is none', () => {
  const real = Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly')!
  const refuse = class {
    constructor() {
      throw new RangeError('out of memory')
    }
  }
  try {
    for (const value of [undefined, { Memory: refuse, Module: refuse }]) {
      Object.defineProperty(globalThis, 'WebAssembly', { ...real, value })
      expect([wasmMemory(1), compileWasm(new WasmModule().bytes())]).toEqual([undefined, undefined])
    }
  } finally {
    Object.defineProperty(globalThis, 'WebAssembly', real)
  }
})
