// Spots as the lines of a hexdump: one field a line, a segment with all its parts on one, never more than eight bytes.
import { type Spot, segmentOf } from './spot.ts'

/** The bytes that a line of the hexdump has room for. */
export const ROW_BYTES = 8

/** A line of the hexdump: one field, or one segment with all its parts. */
export interface ByteRow {
  readonly offset: number
  /** Bytes, 8 at the most. */
  readonly size: number
  /** Place of the first byte on the line: a field that is shorter than a line stands where the one before it ends. */
  readonly column: number
  /** What the bytes are called below the struct they are in: `id`, `seg[2]`. */
  readonly name: string
  /** The spots that the bytes belong to, in order; of a long one the line has a part. */
  readonly spots: readonly [Spot, ...Spot[]]
}

/** Every byte of the spots exactly once, in order. */
export function rowsOf(spots: readonly Spot[]): ByteRow[] {
  const rows: ByteRow[] = []
  let column = 0
  const add = (group: readonly [Spot, ...Spot[]], offset: number, size: number) => {
    if (column + size > ROW_BYTES) column = 0
    rows.push({ offset, size, column, name: rowName(group[0]), spots: group })
    column = (column + size) % ROW_BYTES
  }
  for (const group of groups(spots)) {
    const end = group.at(-1)!.offset + group.at(-1)!.size
    for (let at = group[0].offset; at < end; at += ROW_BYTES) add(group, at, Math.min(ROW_BYTES, end - at))
  }
  return rows
}

/** The spot of a row that a byte belongs to. @param offset that of the byte, inside the row */
export function spotAt({ spots }: ByteRow, offset: number): Spot {
  return spots.findLast((spot) => spot.offset <= offset) ?? spots[0]
}

/** The parts of a segment together, everything else alone. */
function groups(spots: readonly Spot[]): [Spot, ...Spot[]][] {
  const all: [Spot, ...Spot[]][] = []
  let segment: string | undefined
  for (const spot of spots) {
    const own = segmentOf(spot.path)
    if (own !== undefined && own === segment) all.at(-1)!.push(spot)
    else all.push([spot])
    segment = own
  }
  return all
}

function rowName(spot: Spot): string {
  const segment = segmentOf(spot.path)
  if (segment !== undefined) return below(segment)
  if (spot.scalar !== undefined || spot.kind === 'reserved') return below(spot.path)
  return spot.kind === 'padding' ? 'padding' : 'unused'
}

/** The path below the struct: `ring[3].req.seg[2]` is `seg[2]`. */
function below(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}
