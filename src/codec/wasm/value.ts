// What WebAssembly's instructions are made of here: values, effects, and the code that they become.

/** The types of values: whole numbers of 32 and of 64 bits, without a sign until an instruction gives them one. */
export type ValueType = 'i32' | 'i64'

/** Where a branch can go to: the end of a block, or the beginning of a loop. */
export class BranchTarget {}

/** A block, a loop or a condition, which branches within it may name. */
export interface Nest {
  readonly opcode: number
  readonly label: BranchTarget | undefined
  readonly body: Code
}

/** A branch: how far out it goes is known when the code is written down. */
export interface Branch {
  readonly opcode: number
  readonly to: readonly BranchTarget[]
}

/** Bytes of instructions, nested as the expressions are. */
export type Code = number | Nest | Branch | readonly Code[]

/** What leaves a number. It is worked out where it stands, each time that it stands somewhere. */
export interface Expr<T extends ValueType = ValueType> {
  readonly type: T
  readonly code: Code
}

export type I32 = Expr<'i32'>
export type I64 = Expr<'i64'>

/** A value, or a constant: numbers have 32 bits, bigints 64. */
export type Operand<T extends ValueType = ValueType> = Expr<T> | (T extends 'i32' ? number : bigint)

/** What leaves nothing. */
export interface Effect {
  readonly type: 'none'
  readonly code: Code
}

/** What is done one after another. */
export type Body = Effect | readonly Body[]

/** @param value a constant's lower bits are taken */
export function valueFrom<T extends ValueType>(operand: Operand<T>): Expr<T> {
  if (typeof operand === 'object') return operand
  const code: Code = typeof operand === 'number' ? [0x41, signed(operand | 0)] : [0x42, signed64(operand)]
  return { type: typeof operand === 'number' ? 'i32' : 'i64', code } as Expr<T>
}

export function effect(...code: Code[]): Effect {
  return { type: 'none', code }
}

/** The code of effects, in their order. */
export function codeOf(block: Body): Code {
  return 'code' in block ? block.code : block.map(codeOf)
}

/** LEB128 of a number below 2^32. */
export function unsigned(value: number): readonly number[] {
  const bytes: number[] = []
  let rest = value >>> 0
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  bytes.push(rest)
  return bytes
}

/** LEB128 with a sign. */
function signed(value: number): readonly number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest < -0x40 || rest >= 0x40; rest >>= 7) bytes.push((rest & 0x7f) | 0x80)
  bytes.push(rest & 0x7f)
  return bytes
}

function signed64(value: bigint): readonly number[] {
  const bytes: number[] = []
  let rest = BigInt.asIntN(64, value)
  for (; rest < -0x40n || rest >= 0x40n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  bytes.push(Number(rest & 0x7fn))
  return bytes
}
