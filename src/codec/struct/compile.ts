// The tables as WebAssembly: a field is a load or a store at a literal offset, which comes from the layout.
import { load, store } from '../wasm/memory.ts'
import type { Effect, Expr, Operand } from '../wasm/value.ts'
import type { Abi } from './abi.ts'
import type { ScalarName, Struct } from './c-types.ts'
import { fieldOf, layoutOf } from './layout.ts'

/** A field that is an integer, as code. */
export interface FieldCode {
  readonly scalar: ScalarName
  /** Bytes from the start of the struct. */
  readonly offset: number
  /** Its value. @param at address of the struct @param plus literal bytes from there */
  load(at: Operand<'i32'>, plus?: number): Expr
  /** Stores the lower bits of a value. @param at address of the struct @param plus literal bytes from there */
  store(at: Operand<'i32'>, value: Expr, plus?: number): Effect
}

/** @throws RangeError where the struct has no such field, or one that is no integer */
export function fieldCode(type: Struct, abi: Abi, name: string): FieldCode {
  const { offset, type: of } = fieldOf(layoutOf(type, abi), name)
  if (of.kind !== 'scalar') throw new RangeError(`${type.name}.${name} is no integer`)
  const scalar = of.name
  return {
    scalar,
    offset,
    load: (at, plus = 0) => load(scalar, at, offset + plus),
    store: (at, value, plus = 0) => store(scalar, at, offset + plus, value),
  }
}
