// The table of rows interpreted: fields and columns by their names, as code that is slower than the kernel's and goes anywhere.
import type { RingGeometry } from '../../ring/geometry.ts'
import { fieldOf, layoutOf, sizeOf } from '../../struct/layout.ts'
import { SCALARS } from '../../struct/scalar-coders.ts'
import { blkifRequest, blkifRequestIndirect, blkifRequestSegment } from '../../xen/blkif.ts'
import type { Batch } from '../batch.ts'
import type { RowColumnName } from '../columns.ts'
import { KINDS } from '../kinds.ts'
import { type FieldsPart, ROW_SHAPES, type RowPart, type RowShape, type ShapeName } from '../row-parts.ts'

/** An array that takes what a scalar reads. */
type AnyColumn = { [row: number]: number | bigint }

/** A field of a slot that is a column. */
export interface FieldMove {
  toColumn(view: DataView, slot: number, row: number): void
  toWire(view: DataView, slot: number, row: number): void
}

/** Parts of which fields are moves. */
type BoundPart = readonly FieldMove[] | Exclude<RowPart, FieldsPart>

export interface BoundShape extends Omit<RowShape, 'parts'> {
  readonly parts: readonly BoundPart[]
}

/** The shapes of rows, bound to a batch's columns. */
export function bindShapes(batch: Batch): Readonly<Record<ShapeName, BoundShape>> {
  const bind = (name: ShapeName): BoundShape => {
    const { parts, ...counts } = ROW_SHAPES[name]
    return { ...counts, parts: parts.map((part) => (typeof part === 'object' ? movesOf(batch, part) : part)) }
  }
  const [rw, discard, indirect, other] = KINDS.map(bind) as [BoundShape, BoundShape, BoundShape, BoundShape]
  return { rw, discard, indirect, other, response: bind('response'), cleared: bind('cleared') }
}

function movesOf(batch: Batch, { type, columns }: FieldsPart): FieldMove[] {
  return columns.map((name: RowColumnName): FieldMove => {
    const column = batch[name] as unknown as AnyColumn
    const field = fieldOf(layoutOf(type, batch.geometry.abi), name)
    const { offset } = field
    if (field.type.kind !== 'scalar') throw new RangeError(`${type.name}.${name} is no integer`)
    const { read, write } = SCALARS[field.type.name]
    return {
      toColumn: (view, slot, row) => {
        column[row] = read(view, slot + offset)
      },
      toWire: (view, slot, row) => write(view, slot + offset, column[row]!),
    }
  })
}

/** Where what is no field lies in a slot, in bytes. */
export function poolOffsets({ abi }: RingGeometry) {
  const segment = layoutOf(blkifRequestSegment, abi)
  return {
    segments: fieldOf(layoutOf(blkifRequest, abi), 'seg').offset,
    grefs: fieldOf(layoutOf(blkifRequestIndirect, abi), 'indirect_grefs').offset,
    segmentSize: sizeOf(blkifRequestSegment, abi),
    gref: fieldOf(segment, 'gref').offset,
    first_sect: fieldOf(segment, 'first_sect').offset,
    last_sect: fieldOf(segment, 'last_sect').offset,
  }
}
