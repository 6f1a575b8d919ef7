// The filter of `--where`: the same answer of a slot as an object and of a row of columns.
import type { Batch } from '../../codec/batch/batch.ts'
import { HIGH, LOW } from '../../codec/batch/words.ts'
import type { Slot } from '../../codec/ring/ring.ts'
import type { UsedSlot } from '../slot-filter.ts'
import type { RingPlace } from './fields.ts'
import { type Comparator, type Expression, parseWhere } from './parse.ts'

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
export function whereOf(text: string): Where {
  const expression = parseWhere(text)
  const ofSlot = slotTest(expression)
  return {
    slot: (slot, place) => slot.state !== 'unused' && slot.state !== 'continuation' && ofSlot(slot, place),
    row: rowTest(expression),
  }
}

type SlotTest = (slot: UsedSlot, place: RingPlace) => boolean

function slotTest(e: Expression): SlotTest {
  switch (e.kind) {
    case 'not': {
      const of = slotTest(e.of)
      return (slot, place) => !of(slot, place)
    }
    case 'and':
    case 'or': {
      const [left, right] = [slotTest(e.left), slotTest(e.right)]
      return e.kind === 'and' ? (s, p) => left(s, p) && right(s, p) : (s, p) => left(s, p) || right(s, p)
    }
    case 'compare': {
      const { field, comparator, value } = e
      return (slot, place) => {
        const own = field.ofSlot(slot, place)
        return own !== undefined && holds(comparator, own < value ? -1 : own > value ? 1 : 0)
      }
    }
  }
}

function rowTest(e: Expression): Where['row'] {
  switch (e.kind) {
    case 'not': {
      const of = rowTest(e.of)
      return (batch, row, place) => !of(batch, row, place)
    }
    case 'and':
    case 'or': {
      const [left, right] = [rowTest(e.left), rowTest(e.right)]
      return e.kind === 'and' ? (b, r, p) => left(b, r, p) && right(b, r, p) : (b, r, p) => left(b, r, p) || right(b, r, p)
    }
    case 'compare':
      return compareRow(e)
  }
}

function compareRow({ field, comparator, value }: Extract<Expression, { kind: 'compare' }>): Where['row'] {
  const { isIn, ofRow } = field
  if (ofRow.type === 'number') {
    const { get } = ofRow
    // Its fields have 32 bits at the most: a number that no double holds is far beyond them.
    const limit = Number(value)
    return (batch, row, place) => isIn(batch, row, place) && holds(comparator, get(batch, row, place) - limit)
  }
  const { halves } = ofRow
  if (value < 0n || value >= 2n ** 64n) {
    const always = holds(comparator, value < 0n ? 1 : -1)
    return (batch, row, place) => always && isIn(batch, row, place)
  }
  const low = Number(value & 0xffff_ffffn)
  const high = Number(value >> 32n)
  return (batch, row, place) => {
    if (!isIn(batch, row, place)) return false
    const column = halves(batch)
    const upper = column[2 * row + HIGH]! - high
    return holds(comparator, upper === 0 ? column[2 * row + LOW]! - low : upper)
  }
}

/** @param sign of field - value */
function holds(comparator: Comparator, sign: number): boolean {
  switch (comparator) {
    case '==':
      return sign === 0
    case '!=':
      return sign !== 0
    case '<':
      return sign < 0
    case '<=':
      return sign <= 0
    case '>':
      return sign > 0
    case '>=':
      return sign >= 0
  }
}
