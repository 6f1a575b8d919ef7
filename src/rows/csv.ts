// The lines of `decode --csv`: one a slot that is not unused. No field needs quotes: words, numbers, and lists of both.
import type { BlkifRequestSegment } from '../codec/xen/blkif.ts'
import type { SlotField } from './fields.ts'
import { fieldValue, hexText, ROW, type RowColumn, type RowOrigin, type RowTable } from './row-table.ts'
import type { UsedSlot } from './slot-filter.ts'
import { kindOfSlot } from './slot-kind.ts'

/** @param hasUnit a unit of sectors was asked for, which is the last column then */
export function csvColumns({ columns }: RowTable, hasUnit: boolean): readonly RowColumn[] {
  return columns('csv').filter(({ name }) => hasUnit || name !== 'sector_unit')
}

/** The line of names, and that of a slot. @param hasUnit a unit of sectors was asked for */
export function csvOf(hasUnit: boolean, table: RowTable = ROW) {
  const columns = csvColumns(table, hasUnit)
  return {
    head: `${columns.map(({ name }) => name).join(',')}\n`,
    line(slot: UsedSlot, origin: RowOrigin): string {
      const kind = kindOfSlot(slot)
      const place = { ...origin, snapshot: origin.snapshot ?? 0 }
      return `${columns.map(({ of }) => (of[kind] ? csvText(of[kind], fieldValue(of[kind], slot, place)) : '')).join(',')}\n`
    },
  }
}

function csvText({ type }: SlotField, value: unknown): string {
  if (value === undefined) return ''
  if (type.is === 'bytes') return hexText(value as Uint8Array)
  if (type.is !== 'list') return String(value)
  const elements = value as readonly (number | BlkifRequestSegment)[]
  return elements
    .map((e) =>
      typeof e === 'number'
        ? e
        : Object.values(e)
            .map((part, i) => `${type.between[i - 1] ?? ''}${part}`)
            .join(''),
    )
    .join(';')
}
