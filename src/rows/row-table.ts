// What the outputs ask of the table of fields: the columns, the objects of JSON, and the value of a slot.
import type { Slot } from '../codec/ring/ring.ts'
import type { SectorUnit } from '../codec/ring/sector-unit.ts'
import { memo } from '../codec/struct/memo.ts'
import { type BatchColumn, COLUMN_ORDER, type Output, SLOT_FIELDS, type SlotField, type SlotPart } from './fields.ts'
import type { SlotKind } from './slot-kind.ts'

/** Which ring of the output a slot is in. */
export interface RowOrigin {
  /** Number of the snapshot, undefined where there is one only. */
  readonly snapshot?: number | undefined
  readonly queue?: number | undefined
  readonly sector_unit?: SectorUnit | undefined
}

/** Fields of one name: a slot has one of them at the most. */
export interface RowColumn {
  readonly name: string
  readonly fields: readonly [SlotField, ...SlotField[]]
  readonly of: Readonly<Partial<Record<SlotKind, SlotField>>>
}

/** Fields that follow each other in one object of the JSON. */
export interface Group {
  readonly part: SlotPart
  readonly fields: readonly SlotField[]
}

export interface RowTable {
  readonly columns: (output: Output) => readonly RowColumn[]
  /** The groups of a slot's fields in JSON, in its order. */
  readonly groups: (kind: SlotKind) => readonly Group[]
}

export function columnName({ part, name }: Pick<SlotField, 'part' | 'name'>): string {
  return part === 'beneath' ? `${part}.${name}` : name
}

/** The column of a batch that has its values. */
export function batchColumn({ name, column }: SlotField): BatchColumn {
  return column ?? (name as BatchColumn)
}

export function isShown({ outputs }: SlotField, output: Output): boolean {
  return outputs === undefined || outputs.includes(output)
}

/** What outputs ask of it is worked out when the first one asks. */
export function rowTable(fields: readonly SlotField[]): RowTable {
  return {
    columns: memo(new Map(), (output) => columnsOf(fields.filter((field) => isShown(field, output)))),
    groups: memo(new Map(), (kind) => groupsOf(fields.filter((field) => isInJson(field, kind)))),
  }
}

function isInJson(field: SlotField, kind: SlotKind): boolean {
  return isShown(field, 'json') && (field.kinds.includes(kind) || field.nullOf?.includes(kind) === true)
}

function groupsOf(fields: readonly SlotField[]): Group[] {
  const starts = fields.flatMap(({ part }, i) => (part === fields[i - 1]?.part ? [] : [i]))
  return starts.map((start, i) => ({ part: fields[start]!.part, fields: fields.slice(start, starts[i + 1]) }))
}

function columnsOf(fields: readonly SlotField[]): RowColumn[] {
  const byName = new Map<string, [SlotField, ...SlotField[]]>()
  for (const field of fields) {
    const twins = byName.get(columnName(field))
    if (twins) twins.push(field)
    else byName.set(columnName(field), [field])
  }
  const place = (name: string) => (COLUMN_ORDER.includes(name) ? COLUMN_ORDER.indexOf(name) : COLUMN_ORDER.length)
  return [...byName]
    .map(([name, fields]) => ({ name, fields, of: Object.fromEntries(fields.flatMap((f) => f.kinds.map((kind) => [kind, f]))) }))
    .sort((a, b) => place(a.name) - place(b.name))
}

/** The row that users see. */
export const ROW: RowTable = /*#__PURE__*/ rowTable(SLOT_FIELDS)

/** The value of a field in a slot that has it: names are those of the objects. */
export function fieldValue({ part, name }: SlotField, slot: Slot, origin: RowOrigin): unknown {
  const objects = slot as unknown as Readonly<Record<string, Readonly<Record<string, unknown>>>>
  const object: object = part === 'origin' ? origin : part === 'slot' ? slot : objects[part]!
  return (object as Readonly<Record<string, unknown>>)[name]
}

export function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
