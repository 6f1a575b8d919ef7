// The shapes of a slot's JSON, made of the table of fields: for each kind of slot the keys that it has.
import { json, type Shape } from '../print/shape.ts'
import { type FieldType, type SlotField, STRUCT_PARTS } from './fields.ts'
import type { Json } from './ring-json.ts'
import { ROW, type RowTable } from './row-table.ts'
import { REQUEST_KINDS, ROW_KINDS, type SlotKind } from './slot-kind.ts'

type Shapes = Readonly<Record<string, Shape<unknown>>>
type SlotShape = Shape<{ readonly [key: string]: Json | undefined }>

/** @param more members of the same object */
export function slotShape(more: Shapes = {}, table: RowTable = ROW): SlotShape {
  return either([...ROW_KINDS, 'continuation', 'unused'], (kind) => ({ ...membersOf(table, kind, false), ...more }))
}

/** A line of `decode --ndjson`. */
export function lineShape(more: Shapes = {}, table: RowTable = ROW): SlotShape {
  return either(ROW_KINDS, (kind) => ({ ...membersOf(table, kind, true), ...more }))
}

function either(kinds: readonly SlotKind[], membersOf: (kind: SlotKind) => Shapes): SlotShape {
  return json.either(...kinds.map((kind) => json.object(membersOf(kind), TITLES[kind]))) as SlotShape
}

const TITLES: Readonly<Record<SlotKind, string>> = {
  rw: 'a read, write, barrier or flush: struct blkif_request',
  discard: 'struct blkif_request_discard',
  indirect: 'struct blkif_request_indirect, and the segments in its pages',
  unresolved: 'struct blkif_request_indirect, a page of which is not at hand',
  other: 'a request whose operation has no struct',
  response: 'a response, and what survives of the request beneath it',
  cleared: 'recycled by the frontend once it had taken the response',
  unknown: 'not in the input',
  continuation: 'of the request or response of an earlier slot',
  unused: 'not used yet',
}

function membersOf(table: RowTable, kind: SlotKind, inLine: boolean): Shapes {
  const members: Record<string, Shape<unknown>> = {}
  for (const { part, fields } of table.groups(kind)) {
    const shapes = Object.fromEntries(fields.map((field) => [field.name, shapeOf(field, kind)]))
    if (part === 'slot' || (part === 'origin' && inLine)) Object.assign(members, shapes)
    else if (part !== 'origin') members[part] = json.object(shapes, STRUCT_PARTS[part])
  }
  return members
}

function shapeOf(field: SlotField, kind: SlotKind): Shape<unknown> {
  const { type, maybe, unsaid, nullOf, about, unit } = field
  const means = unit === undefined ? about : `${about}; in ${unit}`
  if (nullOf?.includes(kind)) return { schema: { type: 'null', description: means } }
  if (field.part === 'slot' && field.name === 'state')
    return json.word([REQUEST_KINDS.some((request) => request === kind) ? 'request' : kind], means)
  const shape = shapeOfType(type, means)
  if (maybe === 'null') return json.nullable(shape)
  return maybe === 'absent' || unsaid !== undefined ? json.optional(shape) : shape
}

const LIMITS = { u8: [0, 0xff], u16: [0, 0xffff], s16: [-0x8000, 0x7fff], u32: [0, 0xffff_ffff] } as const

function shapeOfType(type: FieldType, means?: string): Shape<unknown> {
  switch (type.is) {
    case 'u64':
      return type.sum ? json.integer(means) : json.decimal(means)
    case 'enum':
      return json.word([...new Set(type.words)], means)
    case 'text':
      return json.string(means)
    case 'bytes':
      return json.hex(means)
    case 'list': {
      const { of } = type
      if (typeof of === 'string') return json.list(shapeOfType({ is: of }), means)
      return json.list(json.object(Object.fromEntries(Object.entries(of).map(([name, is]) => [name, shapeOfType({ is })]))), means)
    }
    default: {
      const [minimum, maximum] = LIMITS[type.is]
      const { schema } = json.integer(means)
      return { schema: { ...schema, minimum, maximum } }
    }
  }
}
