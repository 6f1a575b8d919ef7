// The pieces of a line as WebAssembly: what `RowWriter` does of a row, with each text and each column's address in its place in the code.
import { type BatchPlan, type OF_SEGMENTS, OF_WORDS, type RowColumnName } from '../codec/batch/columns.ts'
import { type Cursor, LOG2 } from '../codec/batch/kernel/cursor.ts'
import { choose, loopOnce, loopWhile, when } from '../codec/wasm/control.ts'
import { load } from '../codec/wasm/memory.ts'
import type { Local, WasmFunction, WasmModule } from '../codec/wasm/module.ts'
import { add, lt, narrow, ne, or, shl } from '../codec/wasm/operators.ts'
import type { Body, I32, I64 } from '../codec/wasm/value.ts'
import { TextCode, type TextTools } from '../print/text-code.ts'
import type { BatchColumn, ListType } from './fields.ts'
import { type LineTree, pieceKey } from './line-tree.ts'
import type { LinePiece, ListMarks, ListPiece } from './pieces.ts'

/** Sectors of 512 bytes in a page: both bytes of nearly every segment are below it, and are written as one text. */
const SECTORS = 8

const BYTES = Array.from({ length: 256 }, (_, byte) => byte)
const HEX = BYTES.map((byte) => byte.toString(16).padStart(2, '0'))

interface LineTools extends TextTools {
  readonly module: WasmModule
  /** A variable of the function: the place of the next byte. */
  readonly at: Local<'i32'>
  /** Where the row is. */
  readonly cursor: Cursor
  /** The number of the rows' snapshot. */
  readonly snapshot: I32
}

/** Writes the elements from one to before another to a place, and returns where they end. */
type ListFunction = WasmFunction<readonly ['i32', 'i32', 'i32'], 'i32'>

/** Code of a function that goes from row to row. */
export class LineCode {
  readonly #tools: LineTools
  readonly #out: TextCode
  readonly #i: Local<'i32'>
  readonly #end: Local<'i32'>
  /** One for all kinds of rows with the same list. */
  readonly #lists = new Map<string, ListFunction>()

  constructor(f: WasmFunction, tools: LineTools) {
    this.#tools = tools
    this.#out = new TextCode(f, tools.at, tools)
    this.#i = f.local()
    this.#end = f.local()
  }

  /** Writes a line. @param kind the place of the row's kind in the tree */
  line({ before, branches, branchOf, after }: LineTree, kind: I32): Body {
    const pieces = (own: readonly LinePiece[]) => own.map((piece) => this.#piece(piece))
    const each = branches.map((branch) => this.line(branch, kind))
    // Kinds that the tree is not for do not come here.
    const places = branchOf.map((place) => Math.max(place, 0))
    return [pieces(before), each.length === 0 ? [] : choose(kind, places, each), pieces(after)]
  }

  #piece(piece: LinePiece): Body {
    const out = this.#out
    if (typeof piece === 'string') return out.text(piece)
    switch (piece.write) {
      case 'byte':
        return out.oneOf(BYTES.slice(0, piece.values).map(piece.text), this.#column(piece.column))
      case 'u64':
        return out.u64(this.#wideColumn(piece.column))
      case 'low':
        return out.u32(narrow(this.#wideColumn(piece.column)))
      case 'u16':
      case 'u32':
        return out.u32(this.#column(piece.column))
      case 's16':
        return out.s16(this.#column(piece.column))
      case 'optional': {
        const value = this.#column(piece.column)
        return when(ne(value, piece.none), [out.text(piece.key), out.u32(value)])
      }
      case 'list':
        return this.#list(piece)
      case 'hex':
        return this.#hex()
      case 'snapshot':
        return out.u32(this.#tools.snapshot)
      case 'end':
        return []
    }
  }

  #column(name: BatchColumn): I32 {
    return this.#tools.cursor.get(name as RowColumnName) as I32
  }

  #wideColumn(name: BatchColumn): I64 {
    return this.#tools.cursor.get(name as RowColumnName) as I64
  }

  #list(piece: ListPiece): Body {
    const { at } = this.#tools
    const { start, count } = piece.type
    const list = this.#lists.get(pieceKey(piece)) ?? listFunction(`list${this.#lists.size}`, piece, this.#tools)
    this.#lists.set(pieceKey(piece), list)
    const from = this.#column(start)
    const elements = this.#column(count)
    return when(elements, at.set(list.call(from, add(from, elements), at)))
  }

  #hex(): Body {
    const [i, end] = [this.#i, this.#end]
    const log2 = LOG2[OF_WORDS.words]
    return [
      i.set(shl(this.#column('wordStart'), log2)),
      end.set(add(i, shl(this.#column('wordCount'), log2))),
      loopWhile(lt(i, end), [this.#out.oneOf(HEX, load('u8', i, this.#tools.cursor.plan.address.words)), i.add(1)]),
    ]
  }
}

/** What stands between elements is written behind each of them, and taken back from the last. */
function listFunction(name: string, { type, marks }: ListPiece, tools: LineTools): ListFunction {
  const f = tools.module.func(name, ['i32', 'i32', 'i32'], 'i32')
  const [i, end, at] = f.params
  const out = new TextCode(f, at, tools)
  const { plan } = tools.cursor
  const number = load('u32', shl(i, LOG2.u32), plan.address[type.pools[0]])
  const element = [out.text(marks.open), out.gref(number), bytesOf(out, i, type, marks, plan)]
  f.define([loopOnce([element, i.add(1)], lt(i, end)), out.back(marks.next.length)], at)
  return f
}

/** The bytes of an element, and what stands behind it. */
function bytesOf(
  out: TextCode,
  i: I32,
  { pools: [, first, second] }: ListType,
  { fields, close, next }: ListMarks,
  { address }: BatchPlan,
): Body {
  if (!first || !second) return out.text(close + next)
  const [a, b] = [first, second].map((pool: keyof typeof OF_SEGMENTS) => load('u8', i, address[pool])) as [I32, I32]
  const left = (byte: number) => `${fields[0]}${byte}`
  const right = (byte: number) => `${fields[1]}${byte}${close}${next}`
  const both = BYTES.slice(0, SECTORS * SECTORS).map((pair) => left(Math.floor(pair / SECTORS)) + right(pair % SECTORS))
  return when(lt(or(a, b), SECTORS), out.oneOf(both, or(shl(a, Math.log2(SECTORS)), b)), [
    out.oneOf(BYTES.map(left), a),
    out.oneOf(BYTES.map(right), b),
  ])
}
