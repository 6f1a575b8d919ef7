// WebAssembly's arithmetic as functions of values: `add(row, 1)`. All of it is without a sign, and wraps.
import { type Code, type Expr, type I32, type I64, type Operand, type ValueType, valueFrom } from './value.ts'

/** An operator's opcodes for 32 bits and for 64. */
type Opcodes = readonly [i32: number, i64: number]

type Binary = <T extends ValueType>(a: Operand<T>, b: Operand<T>) => Expr<T>
type Comparison = <T extends ValueType>(a: Operand<T>, b: Operand<T>) => I32
type Unary = <T extends ValueType>(a: Expr<T>) => Expr<T>

function binary(opcodes: Opcodes): Binary {
  return (a, b) => {
    const [left, right] = [valueFrom(a), valueFrom(b)]
    return { type: left.type, code: [left.code, right.code, opcodeFor(opcodes, left)] }
  }
}

function comparison(opcodes: Opcodes): Comparison {
  return (a, b) => {
    const [left, right] = [valueFrom(a), valueFrom(b)]
    return i32([left.code, right.code, opcodeFor(opcodes, left)])
  }
}

function unary(opcodes: Opcodes): Unary {
  return (a) => ({ type: a.type, code: [a.code, opcodeFor(opcodes, a)] })
}

function opcodeFor([narrow, wide]: Opcodes, { type }: Expr): number {
  return type === 'i32' ? narrow : wide
}

const i32 = (code: Code): I32 => ({ type: 'i32', code })
const i64 = (code: Code): I64 => ({ type: 'i64', code })

export const add: Binary = /*#__PURE__*/ binary([0x6a, 0x7c])
export const sub: Binary = /*#__PURE__*/ binary([0x6b, 0x7d])
export const mul: Binary = /*#__PURE__*/ binary([0x6c, 0x7e])
/** The quotient; by 0 it ends the run with an error. */
export const div: Binary = /*#__PURE__*/ binary([0x6e, 0x80])
export const and: Binary = /*#__PURE__*/ binary([0x71, 0x83])
export const or: Binary = /*#__PURE__*/ binary([0x72, 0x84])
export const xor: Binary = /*#__PURE__*/ binary([0x73, 0x85])
/** To the left, by a number of bits modulo the width. */
export const shl: Binary = /*#__PURE__*/ binary([0x74, 0x86])
/** To the right, zeros coming in. */
export const shr: Binary = /*#__PURE__*/ binary([0x76, 0x88])

export const eq: Comparison = /*#__PURE__*/ comparison([0x46, 0x51])
export const ne: Comparison = /*#__PURE__*/ comparison([0x47, 0x52])
export const lt: Comparison = /*#__PURE__*/ comparison([0x49, 0x54])
export const gt: Comparison = /*#__PURE__*/ comparison([0x4b, 0x56])
export const le: Comparison = /*#__PURE__*/ comparison([0x4d, 0x58])
export const ge: Comparison = /*#__PURE__*/ comparison([0x4f, 0x5a])
/** Less, of numbers with a sign. */
export const ltSigned: Comparison = /*#__PURE__*/ comparison([0x48, 0x53])

/** How many zeros stand behind the lowest bit that is set: the width, where none is. */
export const ctz: Unary = /*#__PURE__*/ unary([0x68, 0x7a])

/** 1 for 0, 0 for all others. */
export const not = (a: Expr): I32 => i32([a.code, a.type === 'i32' ? 0x45 : 0x50])
/** 64 bits, the upper 32 of them 0. */
export const wide = (a: Operand<'i32'>): I64 => i64([valueFrom(a).code, 0xad])
/** The lower 32 bits. */
export const narrow = (a: Operand<'i64'>): I32 => i32([valueFrom(a).code, 0xa7])

/** `a` where the condition holds, else `b`: both are worked out. */
export function select<T extends ValueType>(condition: I32, a: Operand<T>, b: Operand<T>): Expr<T> {
  const [yes, no] = [valueFrom(a), valueFrom(b)]
  return { type: yes.type, code: [yes.code, no.code, condition.code, 0x1b] }
}
