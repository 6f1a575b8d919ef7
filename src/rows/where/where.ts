// The filter of `--where`: the same answer of a slot as an object and of a row of columns.
import type { Batch } from '../../codec/batch/batch.ts'
import type { Slot } from '../../codec/ring/ring.ts'
import { ROW, type RowTable } from '../row-table.ts'
import { isUsed, type UsedSlot } from '../slot-filter.ts'
import { kindOfRow, kindOfSlot, type SlotKind } from '../slot-kind.ts'
import { ofSlot, type RingPlace, signOfRows, whereFields } from './fields.ts'
import { type Comparator, type Comparison, type Expression, parseWhere } from './parse.ts'

/** A filter of slots, for slots as objects and for rows of columns; it says the same of both. */
export interface Where {
  /** A slot that is not used yet is never chosen. */
  readonly slot: (slot: Slot, place: RingPlace) => boolean
  readonly row: (batch: Batch, row: number, place: RingPlace) => boolean
}

/**
 * Compares fields with numbers and words: `op == write && nr_sectors > 64`. A comparison with a field that the slot does not
 * have is false, whatever the comparison.
 * @throws WhereError
 */
export function whereOf(text: string, table: RowTable = ROW): Where {
  const expression = parseWhere(text, whereFields(table))
  const test = slotTest(expression)
  const made = new WeakMap<Batch, Bound>()
  let bound: Bound | undefined
  return {
    slot: (slot, place) => isUsed(slot) && test(slot, kindOfSlot(slot), place),
    row(batch, row, place) {
      if (bound?.batch !== batch) {
        bound = made.get(batch) ?? { batch, kindOf: kindOfRow(batch), test: rowTest(expression, batch) }
        made.set(batch, bound)
      }
      return bound.test(row, bound.kindOf(row), place)
    },
  }
}

type Test<T, K> = (of: T, kind: K, place: RingPlace) => boolean

/** To a batch. */
interface Bound {
  readonly batch: Batch
  readonly kindOf: (row: number) => number
  readonly test: Test<number, number>
}

function slotTest(e: Expression): Test<UsedSlot, SlotKind> {
  return testOf(e, ({ field, comparator, value }) => {
    const holds = HOLDS[comparator]
    return (slot, kind, place) => {
      const own = ofSlot(field, slot, kind, place)
      return own !== undefined && holds(own < value ? -1 : own > value ? 1 : 0)
    }
  })
}

function rowTest(e: Expression, batch: Batch): Test<number, number> {
  return testOf(e, ({ field, comparator, value }) => {
    const [sign, holds] = [signOfRows(field, value, batch), HOLDS[comparator]]
    return (row, kind, place) => holds(sign(row, kind, place))
  })
}

/** @param compare gives the test of a comparison */
function testOf<T, K>(e: Expression, compare: (e: Comparison) => Test<T, K>): Test<T, K> {
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
const HOLDS: Readonly<Record<Comparator, (sign: number) => boolean>> = {
  '==': (sign) => sign === 0,
  '!=': (sign) => sign < 0 || sign > 0,
  '<': (sign) => sign < 0,
  '<=': (sign) => sign <= 0,
  '>': (sign) => sign > 0,
  '>=': (sign) => sign >= 0,
}
