// Expressions of `--where` for slots as objects.
import type { Slot } from '../../codec/ring/ring.ts'
import { ROW, type RowTable } from '../row-table.ts'
import { isUsed, type UsedSlot } from '../slot-filter.ts'
import { kindOfSlot, type SlotKind } from '../slot-kind.ts'
import { ofSlot, type RingPlace, whereFields } from './fields.ts'
import { type Comparator, type Comparison, type Expression, parseWhere } from './parse.ts'

/** A slot that is not used yet is never chosen. */
export type WhereOfSlot = (slot: Slot, place: RingPlace) => boolean

/** The filter of slots alone; `whereOf` gives it with that of rows. @throws WhereError */
export function slotWhereOf(text: string, table: RowTable = ROW): WhereOfSlot {
  return ofExpression(expressionOf(text, table))
}

/** @throws WhereError */
export function expressionOf(text: string, table: RowTable): Expression {
  return parseWhere(text, whereFields(table))
}

export function ofExpression(expression: Expression): WhereOfSlot {
  const test = slotTest(expression)
  return (slot, place) => isUsed(slot) && test(slot, kindOfSlot(slot), place)
}

/** A test of a slot or row of a kind. */
export type Test<T, K> = (of: T, kind: K, place: RingPlace) => boolean

function slotTest(e: Expression): Test<UsedSlot, SlotKind> {
  return testOf(e, ({ field, comparator, value }) => {
    const holds = HOLDS_OF[comparator]
    return (slot, kind, place) => {
      const own = ofSlot(field, slot, kind, place)
      return own !== undefined && holds(own < value ? -1 : own > value ? 1 : 0)
    }
  })
}

/** @param compare gives the test of a comparison */
export function testOf<T, K>(e: Expression, compare: (e: Comparison) => Test<T, K>): Test<T, K> {
  if (e.kind === 'compare') return compare(e)
  if (e.kind === 'not') {
    const of = testOf(e.of, compare)
    return (own, kind, place) => !of(own, kind, place)
  }
  const [left, right] = [testOf(e.left, compare), testOf(e.right, compare)]
  return e.kind === 'and'
    ? (own, kind, place) => left(own, kind, place) && right(own, kind, place)
    : (own, kind, place) => left(own, kind, place) || right(own, kind, place)
}

/** Of the sign of field - value; NaN, of a field that is not there, holds of none. */
export const HOLDS_OF: Readonly<Record<Comparator, (sign: number) => boolean>> = {
  '==': (sign) => sign === 0,
  '!=': (sign) => sign < 0 || sign > 0,
  '<': (sign) => sign < 0,
  '<=': (sign) => sign <= 0,
  '>': (sign) => sign > 0,
  '>=': (sign) => sign >= 0,
}
