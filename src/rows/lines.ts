// The lines of `decode --ndjson` and `--csv` from columns, byte for byte those of slots as objects: the table of fields becomes, for
// each kind of row, pieces of a line, which are compiled where there is WebAssembly and many rows, and else gone through.
import { type Batch, UNRESOLVED } from '../codec/batch/batch.ts'
import { ByteSink } from '../print/byte-sink.ts'
import { type CompiledLines, compileLines, LINE_ROOM, MAX_ELEMENT, MAX_LINE } from './compiled-lines.ts'
import { csvColumns } from './csv.ts'
import { csvPieces } from './csv-pieces.ts'
import { jsonPieces } from './json-pieces.ts'
import type { LinePiece } from './pieces.ts'
import { ROW, type RowTable } from './row-table.ts'
import { RowWriter } from './row-writer.ts'
import { kindOfRow, ROW_KINDS, type SlotKind } from './slot-kind.ts'

export type LineFormat = 'ndjson' | 'csv'

interface LineOptions {
  readonly table?: RowTable
  /** A unit of sectors was asked for, which CSV then has in each line. */
  readonly hasUnit?: boolean
}

/** Bytes that are gathered. */
const OUTPUT = 128 * 1024

/** Rows that are written one by one first: as long as that takes no longer than to compile. */
const ROWS_BEFORE_CODE = 512

/** Writes the lines of the rows from one up to another; `snapshot` is the number of theirs, undefined where there is one only. */
export type WriteLines = (from: number, end: number, snapshot: number | undefined) => void

/** Writes lines of any number of batches. */
export class LineWriter {
  /** Bytes of scratch that a batch should have for it. */
  static readonly scratch = LINE_ROOM * 2 + OUTPUT

  readonly #flush: (bytes: Uint8Array) => void
  readonly #pieces: (batch: Batch, kind: SlotKind, numbered: boolean) => readonly LinePiece[]
  /** Of the batch whose lines came last. */
  #sink: ByteSink | undefined

  /** @param flush takes the bytes, which change afterwards */
  constructor(format: LineFormat, flush: (bytes: Uint8Array) => void, { table = ROW, hasUnit = false }: LineOptions = {}) {
    const columns = csvColumns(table, hasUnit)
    this.#flush = flush
    this.#pieces = (batch, kind, numbered) =>
      format === 'csv' ? csvPieces(columns, kind, batch) : jsonPieces(table, kind, batch, numbered)
  }

  flush(): void {
    this.#sink?.flush()
  }

  rowsOf = (batch: Batch): WriteLines => {
    const output = batch.takeScratch(OUTPUT)
    const sink = new ByteSink(output ?? OUTPUT, this.#flush)
    const writers = [false, true].map((numbered) => {
      const pieces = (kind: SlotKind) => this.#pieces(batch, kind, numbered)
      return new BatchLines(batch, pieces, sink, output)
    })
    return (from, end, snapshot) => {
      if (this.#sink !== sink) this.flush()
      this.#sink = sink
      writers[snapshot === undefined ? 0 : 1]!.write(from, end, snapshot ?? 0)
    }
  }
}

/** Lines of one batch, all with the number of a snapshot, or all without. */
class BatchLines {
  readonly #batch: Batch
  readonly #pieces: (kind: SlotKind) => readonly LinePiece[]
  readonly #sink: ByteSink
  /** The sink's room where it lies in the batch's memory. */
  readonly #output: Uint8Array<ArrayBuffer> | undefined
  readonly #kindOf: (row: number) => number
  readonly #writers: (RowWriter | undefined)[] = ROW_KINDS.map(() => undefined)
  #rowsBeforeCode = ROWS_BEFORE_CODE
  #compiled: CompiledLines | undefined

  constructor(
    batch: Batch,
    pieces: (kind: SlotKind) => readonly LinePiece[],
    sink: ByteSink,
    output: Uint8Array<ArrayBuffer> | undefined,
  ) {
    this.#batch = batch
    this.#pieces = pieces
    this.#sink = sink
    this.#output = output
    this.#kindOf = kindOfRow(batch)
    if (batch.engine === 'interpreted') this.#rowsBeforeCode = Number.POSITIVE_INFINITY
    if (batch.engine === 'compiled') this.#compile()
  }

  write(from: number, end: number, snapshot: number): void {
    if (this.#compiled && this.#batch.isInMemory) this.#writeCompiled(this.#compiled, from, end, snapshot)
    else {
      for (let row = from; row < end; row++) this.#writeRow(row, snapshot)
      this.#rowsBeforeCode -= end - from
      if (this.#rowsBeforeCode <= 0) this.#compile()
    }
  }

  #writeCompiled({ write, row }: CompiledLines, from: number, end: number, snapshot: number): void {
    const sink = this.#sink
    let next = from
    while (next < end) {
      if (sink.bytes !== this.#output) sink.flush()
      const start = sink.at
      sink.at = write(next, end, snapshot, start)
      next = row[0]!
      if (next === end) return
      if (start > 0) sink.flush()
      // A line longer than all the room.
      else if (sink.at === 0) this.#writeRow(next++, snapshot)
    }
  }

  #compile(): void {
    this.#rowsBeforeCode = Number.POSITIVE_INFINITY
    const room = this.#output && this.#batch.takeScratch(LINE_ROOM)
    if (!room) return
    this.#compiled = compileLines(this.#batch, this.#pieces, this.#output!, room)
    if (!this.#compiled && this.#batch.engine === 'compiled') throw new RangeError('machine code may not be made here')
  }

  #writeRow(row: number, snapshot: number): void {
    const { segCount, wordCount } = this.#batch
    const elements = (segCount[row] === UNRESOLVED ? 0 : segCount[row]!) + wordCount[row]!
    this.#sink.reserve(MAX_LINE + MAX_ELEMENT * elements)
    this.#writerOf(this.#kindOf(row)).write(row, snapshot)
  }

  #writerOf(kind: number): RowWriter {
    const writer = this.#writers[kind] ?? new RowWriter(this.#pieces(ROW_KINDS[kind]!), this.#batch, this.#sink)
    this.#writers[kind] = writer
    return writer
  }
}
