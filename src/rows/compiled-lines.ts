// Lines by WebAssembly: the pieces of each kind of row compiled for one batch, whose scratch they are written to.
import { type Batch, REQUEST, UNRESOLVED } from '../codec/batch/batch.ts'
import { INDIRECT, KIND_OF, KINDS } from '../codec/batch/kinds.ts'
import { block, choose, loop, when } from '../codec/wasm/control.ts'
import { compileWasm, wasmFunctions } from '../codec/wasm/instance.ts'
import { load, store } from '../codec/wasm/memory.ts'
import { WasmModule } from '../codec/wasm/module.ts'
import { add, and, eq, ge, gt, mul, ne, select } from '../codec/wasm/operators.ts'
import { digitFunctions } from '../print/digit-code.ts'
import { LineCode } from './line-code.ts'
import type { LinePiece } from './pieces.ts'
import { ROW_KINDS, type SlotKind } from './slot-kind.ts'
import { TextTables } from './text-tables.ts'

/** Bytes for texts by number, and what else the code needs beside its output. */
export const LINE_ROOM = 48 * 1024

/** More than a line takes up without the elements of its lists, and more than an element does. */
export const MAX_LINE = 1024
export const MAX_ELEMENT = 64

/** For the number of the first row that was not written. */
const CELL = 8

export interface CompiledLines {
  /**
   * Writes the lines of rows `from` to `end` to `at` in the output, until one may not have room.
   * @returns where the next line goes; `row` has the first row that was not written
   */
  readonly write: (from: number, end: number, snapshot: number, at: number) => number
  readonly row: Uint32Array
}

/**
 * @param room `LINE_ROOM` bytes of the batch's memory
 * @param output where lines go, in the same memory
 * @returns undefined where there is no WebAssembly, or not enough room for the texts
 */
export function compileLines(
  batch: Batch,
  pieces: (kind: SlotKind) => readonly LinePiece[],
  room: Uint8Array<ArrayBuffer>,
  output: Uint8Array<ArrayBuffer>,
): CompiledLines | undefined {
  const { wasm } = batch.memory
  if (!wasm) return undefined
  const cell = room.subarray(0, CELL)
  const kinds = room.subarray(CELL, CELL + KIND_OF.length)
  kinds.set(KIND_OF)
  const module = new WasmModule()
  const digits = digitFunctions(module, output.byteOffset)
  const f = module.func('write', ['i32', 'i32', 'i32', 'i32'], 'i32')
  const [from, end, snapshot, at] = f.params
  const kind = f.local()
  const code = new LineCode(f, {
    plan: batch.plan,
    tables: new TextTables(room.subarray(CELL + KIND_OF.length)),
    digits,
    base: output.byteOffset,
    at,
    snapshot,
  })
  const segments = code.column('segCount')
  const elements = add(select(eq(segments, UNRESOLVED), 0, segments), code.column('wordCount'))
  const unresolved = KINDS.length
  let cases
  try {
    cases = ROW_KINDS.map((each) => code.line(pieces(each)))
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
  f.define(
    [
      code.goTo(from),
      block((leave) =>
        loop((again) => [
          leave.when(ge(code.row, end)),
          leave.when(gt(add(at, mul(elements, MAX_ELEMENT)), output.length - MAX_LINE)),
          // As `kindOfRow`.
          when(ne(code.column('state'), REQUEST), kind.set(add(code.column('state'), unresolved)), [
            kind.set(load('u8', code.column('operation'), kinds.byteOffset)),
            when(and(eq(kind, INDIRECT), eq(segments, UNRESOLVED)), kind.set(unresolved)),
          ]),
          choose(
            kind,
            ROW_KINDS.map((_, i) => i),
            cases,
          ),
          code.next,
          again.go,
        ]),
      ),
      store('u32', cell.byteOffset, 0, code.row),
    ],
    at,
  )
  const compiled = compileWasm(module.bytes())
  if (!compiled) return undefined
  const { write } = wasmFunctions<Pick<CompiledLines, 'write'>>(compiled, wasm)
  return { write, row: new Uint32Array(cell.buffer, cell.byteOffset, 1) }
}
