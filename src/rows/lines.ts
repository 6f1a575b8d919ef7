// The lines of `decode --ndjson` and `--csv` from columns, byte for byte those of slots as objects: the table of fields becomes, for
// each kind of row, a few functions that write digits between texts made ready.
import { type Batch, UNRESOLVED } from '../codec/batch/batch.ts'
import type { ByteSink } from '../print/byte-sink.ts'
import { csvColumns } from './csv.ts'
import { csvPieces } from './csv-pieces.ts'
import { jsonPieces } from './json-pieces.ts'
import { ROW, type RowTable } from './row-table.ts'
import { RowWriter } from './row-writer.ts'
import { kindOfRow, ROW_KINDS, type SlotKind } from './slot-kind.ts'

export type LineFormat = 'ndjson' | 'csv'

interface LineOptions {
  readonly table?: RowTable
  /** A unit of sectors was asked for, which CSV then has in each line. */
  readonly hasUnit?: boolean
}

/** More than a line takes up without the elements of its lists, and more than an element does. */
const LINE = 1024
const EACH = 64

/** Writes the lines of the rows from one up to another; `snapshot` is the number of theirs, undefined where there is one only. */
export type WriteLines = (from: number, end: number, snapshot: number | undefined) => void

export function lineWriters(
  format: LineFormat,
  { table = ROW, hasUnit = false }: LineOptions = {},
): (batch: Batch, sink: ByteSink) => WriteLines {
  const columns = csvColumns(table, hasUnit)
  return (batch, sink) => {
    const pieces = (kind: SlotKind, numbered: boolean) =>
      format === 'csv' ? csvPieces(columns, kind, batch) : jsonPieces(table, kind, batch, numbered)
    const made: (RowWriter | undefined)[] = Array.from({ length: 2 * ROW_KINDS.length }, () => undefined)
    const make = (place: number) => {
      const kind = ROW_KINDS[place >> 1]!
      const writer = new RowWriter(pieces(kind, place % 2 === 1), batch, sink)
      made[place] = writer
      return writer
    }
    const kindOf = kindOfRow(batch)
    const { segCount, wordCount } = batch
    return (from, end, snapshot) => {
      for (let row = from; row < end; row++) {
        sink.reserve(LINE + EACH * ((segCount[row] === UNRESOLVED ? 0 : segCount[row]!) + wordCount[row]!))
        const place = 2 * kindOf(row) + (snapshot === undefined ? 0 : 1)
        const writer = made[place] ?? make(place)
        writer.write(row, snapshot ?? 0)
      }
    }
  }
}
