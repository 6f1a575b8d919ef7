// Numbers as text in WebAssembly, eight digits at a time in one register and without a branch: how long a number is does not wait for
// its digits, nor the next number for this one.
import { exit, when } from '../codec/wasm/control.ts'
import { store } from '../codec/wasm/memory.ts'
import type { Local, WasmFunction, WasmModule } from '../codec/wasm/module.ts'
import { add, and, ctz, div, lt, mul, narrow, or, shl, shr, sub, wide } from '../codec/wasm/operators.ts'
import type { Body, I32, I64, Operand } from '../codec/wasm/value.ts'

/** The first number of nine digits. */
const OCTO = 100_000_000

const ZERO = 0x30
const ZEROS = 0x3030_3030_3030_3030n

/** The least number that has its first of eight digits: it ends the search for one that is not 0 at the last digit. */
const LAST_DIGIT = 1n << 56n

/** What writes a number at a place, and returns where it ends. Up to 8 bytes behind that are written over. */
type Put<T extends 'i32' | 'i64'> = WasmFunction<readonly ['i32', T], 'i32'>

/** Writes numbers in decimal. */
export class DigitCode {
  readonly #base: number
  readonly #u32: Put<'i32'>
  readonly #u64: Put<'i64'>

  /**
   * @param module gets the functions for it
   * @param base what places count from
   */
  constructor(module: WasmModule, base: number) {
    this.#base = base
    this.#u32 = module.func('u32', ['i32', 'i32'], 'i32')
    this.#u64 = module.func('u64', ['i32', 'i64'], 'i32')
    defineU32(this.#u32, base)
    defineU64(this.#u64, this.#u32, base)
  }

  /** Puts a number of 32 bits, and moves the place on. */
  u32(at: Local<'i32'>, n: I32): Body {
    return at.set(this.#u32.call(at, n))
  }

  /** The same of a number that is seldom 10^8 or more, in place. @param f the function that the place is of */
  small(f: WasmFunction, at: Local<'i32'>, n: Local<'i32'>): Body {
    return when(lt(n, OCTO), putOctet(f, at, n, this.#base), this.u32(at, n))
  }

  u64(at: Local<'i32'>, n: I64): Body {
    return at.set(this.#u64.call(at, n))
  }
}

function defineU32(f: Put<'i32'>, base: number): void {
  const [at, n] = f.params
  const q = f.local()
  f.define(
    [
      when(lt(n, OCTO), [putOctet(f, at, n, base), exit(at)]),
      q.set(div(n, OCTO)),
      putTwo(f, at, q, base),
      store('u64', at, base, or(octet(f, sub(n, mul(q, OCTO))), ZEROS)),
    ],
    add(at, 8),
  )
}

/** A number below 10^8. */
function putOctet(f: WasmFunction, at: Local<'i32'>, n: I32, base: number): Body {
  const [digits, bits] = [f.local('i64'), f.local('i64')]
  return [
    digits.set(octet(f, n)),
    // Zeros in front are shifted out.
    bits.set(and(ctz(or(digits, LAST_DIGIT)), 0x38n)),
    store('u64', at, base, shr(or(digits, ZEROS), bits)),
    at.set(sub(add(at, 8), narrow(shr(bits, 3n)))),
  ]
}

/** One or two digits, without a zero in front. */
function putTwo(f: WasmFunction, at: Local<'i32'>, n: Local<'i32'>, base: number): Body {
  const tens = f.local()
  return [
    tens.set(shr(mul(n, 103), 10)),
    when(
      tens,
      [store('u16', at, base, add(or(tens, shl(sub(n, mul(tens, 10)), 8)), (ZERO << 8) | ZERO)), at.add(2)],
      [store('u8', at, base, add(n, ZERO)), at.add(1)],
    ),
  ]
}

function defineU64(f: Put<'i64'>, u32: Put<'i32'>, base: number): void {
  const [at, n] = f.params
  const q = f.local('i64')
  f.define(
    [
      when(lt(n, 1n << 32n), exit(u32.call(at, narrow(n)))),
      q.set(div(n, BigInt(OCTO))),
      at.set(f.call(at, q)),
      store('u64', at, base, or(octet(f, narrow(sub(n, mul(q, BigInt(OCTO))))), ZEROS)),
    ],
    add(at, 8),
  )
}

/**
 * The eight digits of a number below 10^8 as bytes from 0 to 9, the first in the lowest: it is parted by 10^4, both by 100, and all four by 10,
 * each in lanes of their own. Quotients are products with the inverse, shifted.
 */
function octet(f: WasmFunction, n: Operand<'i32'>): I64 {
  const [x, q] = [f.local('i64'), f.local('i64')]
  const upper = shr(mul(x.tee(wide(n)), 3_518_437_209n), 45n)
  const quads = or(q.tee(upper), shl(sub(x, mul(q, 10_000n)), 32n))
  const hundreds = and(shr(mul(x.tee(quads), 10_486n), 20n), 0x7f_0000_007fn)
  const pairs = or(q.tee(hundreds), shl(sub(x, mul(q, 100n)), 16n))
  const tens = and(shr(mul(x.tee(pairs), 103n), 10n), 0x000f_000f_000f_000fn)
  return or(q.tee(tens), shl(sub(x, mul(q, 10n)), 8n))
}
