// Loads and stores: of integers as C has them, little-endian, at an address plus a literal offset.
import { type Code, type Effect, type Expr, effect, type I32, type I64, type Operand, unsigned, valueFrom } from './value.ts'

/** How an integer lies in memory. All but `u64` are values of 32 bits. */
export type MemoryType = 'u8' | 's8' | 'u16' | 's16' | 'u32' | 'u64'

const LOAD: Readonly<Record<MemoryType, number>> = { u8: 0x2d, s8: 0x2c, u16: 0x2f, s16: 0x2e, u32: 0x28, u64: 0x29 }
const STORE: Readonly<Record<MemoryType, number>> = { u8: 0x3a, s8: 0x3a, u16: 0x3b, s16: 0x3b, u32: 0x36, u64: 0x37 }

/** Addresses need not be multiples of anything. */
const UNALIGNED = 0

export function load(type: 'u64', at: Operand<'i32'>, offset?: number): I64
export function load(type: Exclude<MemoryType, 'u64'>, at: Operand<'i32'>, offset?: number): I32
export function load(type: MemoryType, at: Operand<'i32'>, offset?: number): Expr
export function load(type: MemoryType, at: Operand<'i32'>, offset = 0): Expr {
  const code: Code = [valueFrom(at).code, LOAD[type], UNALIGNED, unsigned(offset)]
  return { type: type === 'u64' ? 'i64' : 'i32', code }
}

/** @param value its lower bits are stored, as many as the type has */
export function store(type: MemoryType, at: Operand<'i32'>, offset: number, value: Operand): Effect {
  return effect(valueFrom(at).code, valueFrom(value).code, STORE[type], UNALIGNED, unsigned(offset))
}

/** Sets so many bytes to one value. */
export function fillBytes(at: Operand<'i32'>, value: Operand<'i32'>, length: Operand<'i32'>): Effect {
  return effect(valueFrom(at).code, valueFrom(value).code, valueFrom(length).code, 0xfc, 0x0b, 0)
}
