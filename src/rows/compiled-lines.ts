// Lines by WebAssembly: the pieces of each kind of row compiled for one batch, whose scratch they are written to.
import { type Batch, REQUEST, UNRESOLVED } from '../codec/batch/batch.ts'
import { Cursor } from '../codec/batch/kernel/cursor.ts'
import { INDIRECT, KIND_OF, KINDS } from '../codec/batch/kinds.ts'
import { block, loop, when } from '../codec/wasm/control.ts'
import { compileWasm, wasmFunctions } from '../codec/wasm/instance.ts'
import { load, store } from '../codec/wasm/memory.ts'
import { WasmModule } from '../codec/wasm/module.ts'
import { add, and, eq, ge, gt, mul, ne, select } from '../codec/wasm/operators.ts'
import type { I32 } from '../codec/wasm/value.ts'
import { DigitCode } from '../print/digit-code.ts'
import { TextTables } from '../print/text-tables.ts'
import { LineCode } from './line-code.ts'
import { lineTree } from './line-tree.ts'
import { joinedTexts, type LinePiece } from './pieces.ts'
import { ROW_KINDS, type SlotKind } from './slot-kind.ts'

/** Bytes for texts by number, and what else the code needs beside its output. */
export const LINE_ROOM = 48 * 1024

/** More than a line takes up without the elements of its lists, and more than an element does. */
export const MAX_LINE = 1024
export const MAX_ELEMENT = 64

/** For the number of the first row that was not written. */
const CELL = 8

const UNRESOLVED_KIND = KINDS.length

export interface CompiledLines {
  /**
   * Writes the lines of rows `from` to `end` to `at` in the output, up to one that may not have room.
   * @returns where the next line goes; `row` has the first row that was not written
   */
  readonly write: (from: number, end: number, snapshot: number, at: number) => number
  readonly row: Uint32Array
}

/**
 * @param output more than a line's bytes of the batch's memory, where lines go
 * @param room `LINE_ROOM` bytes of the same memory
 * @returns undefined where there is no WebAssembly, or no room for the texts
 */
export function compileLines(
  batch: Batch,
  pieces: (kind: SlotKind) => readonly LinePiece[],
  output: Uint8Array<ArrayBuffer>,
  room: Uint8Array<ArrayBuffer>,
): CompiledLines | undefined {
  const { memory } = batch
  if (!memory.wasm) return undefined
  const next = room.subarray(0, CELL)
  const kindOf = room.subarray(CELL, CELL + KIND_OF.length)
  kindOf.set(KIND_OF)
  const tables = new TextTables(room.subarray(CELL + KIND_OF.length))
  const module = new WasmModule()
  const base = output.byteOffset
  const digits = new DigitCode(module, base)
  const f = module.func('write', ['i32', 'i32', 'i32', 'i32'], 'i32')
  const [from, end, snapshot, at] = f.params
  const row = new Cursor(f, batch.geometry, batch.plan)
  const code = new LineCode(f, { module, cursor: row, digits, tables, at, base, snapshot })
  const kind = f.local()
  const line = code.line(lineTree(ROW_KINDS.map((each) => joinedTexts(pieces(each)))), kind)
  if (tables.isOver) return undefined
  const [state, segments] = [row.get('state') as I32, row.get('segCount') as I32]
  const elements = add(select(eq(segments, UNRESOLVED), 0, segments), row.get('wordCount') as I32)
  f.define(
    [
      row.moveTo(from),
      block((leave) =>
        loop((again) => [
          leave.when(ge(row.row, end)),
          leave.when(gt(add(at, mul(elements, MAX_ELEMENT)), output.length - MAX_LINE)),
          // As `kindOfRow`.
          when(ne(state, REQUEST), kind.set(add(state, UNRESOLVED_KIND)), [
            kind.set(load('u8', row.get('operation') as I32, kindOf.byteOffset)),
            when(and(eq(kind, INDIRECT), eq(segments, UNRESOLVED)), kind.set(UNRESOLVED_KIND)),
          ]),
          line,
          row.nextRow(),
          again.go,
        ]),
      ),
      store('u32', next.byteOffset, 0, row.row),
    ],
    at,
  )
  const compiled = compileWasm(module.bytes())
  if (!compiled) return undefined
  const { write } = wasmFunctions<Pick<CompiledLines, 'write'>>(compiled, memory.wasm)
  return { write, row: new Uint32Array(next.buffer, next.byteOffset, 1) }
}
