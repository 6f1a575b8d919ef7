// The lines of `decode --csv` of slots as objects: one a slot that is not unused.
import type { BlkifRequestSegment } from '../codec/xen/blkif.ts'
import type { Field } from './fields.ts'
import { fieldValue, hexText, type Origin, ROW, type RowTable } from './row-table.ts'
import type { UsedSlot } from './slot-filter.ts'
import { kindOfSlot } from './slot-kind.ts'

export function csvHead({ columns }: RowTable = ROW): string {
  return `${columns('csv')
    .map(({ name }) => name)
    .join(',')}\n`
}

/** No field needs quotes: words, numbers, and lists of both. */
export function csvLine(slot: UsedSlot, origin: Origin, { columns }: RowTable = ROW): string {
  const kind = kindOfSlot(slot)
  const place = { ...origin, ring: origin.ring ?? 0 }
  const values = columns('csv').map(({ of }) => (of[kind] ? csvText(of[kind], fieldValue(of[kind], slot, place)) : ''))
  return `${values.join(',')}\n`
}

function csvText({ type }: Field, value: unknown): string {
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
