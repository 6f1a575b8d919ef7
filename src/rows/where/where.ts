// The filter of `--where`: the same answer of a slot as an object and of a row of columns.
import type { Batch } from '../../codec/batch/batch.ts'
import { ROW, type RowTable } from '../row-table.ts'
import { kindOfRow } from '../slot-kind.ts'
import type { RingPlace } from './fields.ts'
import type { Expression } from './parse.ts'
import { signOfRows } from './row-sign.ts'
import { expressionOf, HOLDS_OF, ofExpression, type Test, testOf, type WhereOfSlot } from './slot-where.ts'

/** A filter of slots, for slots as objects and for rows of columns; it says the same of both. */
export interface Where {
  readonly slot: WhereOfSlot
  readonly row: (batch: Batch, row: number, place: RingPlace) => boolean
}

/**
 * Compares fields with numbers and words: `op == write && nr_sectors > 64`. A comparison with a field that the slot does not
 * have is false, whatever the comparison.
 * @throws WhereError
 */
export function whereOf(text: string, table: RowTable = ROW): Where {
  const expression = expressionOf(text, table)
  const made = new WeakMap<Batch, Bound>()
  let bound: Bound | undefined
  return {
    slot: ofExpression(expression),
    row(batch, row, place) {
      if (bound?.batch !== batch) {
        bound = made.get(batch) ?? { batch, kindOf: kindOfRow(batch), test: rowTest(expression, batch) }
        made.set(batch, bound)
      }
      return bound.test(row, bound.kindOf(row), place)
    },
  }
}

/** To a batch. */
interface Bound {
  readonly batch: Batch
  readonly kindOf: (row: number) => number
  readonly test: Test<number, number>
}

function rowTest(e: Expression, batch: Batch): Test<number, number> {
  return testOf(e, ({ field, comparator, value }) => {
    const [sign, holds] = [signOfRows(field, value, batch), HOLDS_OF[comparator]]
    return (row, kind, place) => holds(sign(row, kind, place))
  })
}
