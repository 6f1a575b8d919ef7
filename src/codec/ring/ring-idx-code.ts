// What `ring-idx.ts` says of a ring's indices, as WebAssembly: the same names, and the same arithmetic mod 2^32.
import { add, and, gt, le, lt, not, or, sub } from '../wasm/operators.ts'
import type { I32, Operand } from '../wasm/value.ts'
import type { SharedIndices } from './ring-idx.ts'

type Indices = Readonly<Record<keyof SharedIndices, I32>>

/** As `distance`. */
export const distanceCode = (from: Operand<'i32'>, to: Operand<'i32'>): I32 => sub(to, from)

/** As `advance`. */
export const advanceCode = (index: Operand<'i32'>, by: Operand<'i32'>): I32 => add(index, by)

/** As `inWindow`. */
export const inWindowCode = (index: I32, from: I32, to: I32): I32 => lt(distanceCode(from, index), distanceCode(from, to))

/** As `slotOf`. */
export const slotOfCode = (index: I32, nr_ents: number): I32 => and(index, nr_ents - 1)

/** As `producersPossible`. */
export const producersPossibleCode = ({ req_prod, rsp_prod }: Pick<Indices, 'req_prod' | 'rsp_prod'>, nr_ents: number): I32 =>
  le(distanceCode(rsp_prod, req_prod), nr_ents)

/** As `isFirstLap`. */
export function isFirstLapCode({ req_prod, req_event, rsp_prod, rsp_event }: Indices, nr_ents: number): I32 {
  const isBeforeZero = (event: I32, producer: I32) => and(gt(event, producer), le(distanceCode(event, producer), nr_ents))
  const before = or(isBeforeZero(req_event, req_prod), isBeforeZero(rsp_event, rsp_prod))
  return and(and(lt(req_prod, nr_ents), le(rsp_prod, req_prod)), not(before))
}
