// The pieces of a line as WebAssembly: what `RowWriter` does of a row, with each text and each column's address in its place in the code.
import { type BatchPlan, OF_ROWS, type OF_SEGMENTS, OF_WORDS, type RowColumnName } from '../codec/batch/columns.ts'
import { loopOnce, loopWhile, when } from '../codec/wasm/control.ts'
import { load, store } from '../codec/wasm/memory.ts'
import type { Local, WasmFunction } from '../codec/wasm/module.ts'
import { add, lt, ltSigned, narrow, ne, or, shl, sub } from '../codec/wasm/operators.ts'
import type { Body, I32, I64 } from '../codec/wasm/value.ts'
import type { DigitCode } from '../print/digit-code.ts'
import type { BytePiece, LinePiece, ListPiece } from './pieces.ts'
import type { TextTables } from './text-tables.ts'

/** Sectors of 512 bytes in a page: both bytes of nearly every segment are below it, and are written as one text. */
const SECTORS = 8

const MINUS = 0x2d

/** Sizes of elements, as powers of 2. */
const LOG2 = { u8: 0, u16: 1, s16: 1, u32: 2, u64: 3 } as const

const BYTES = Array.from({ length: 256 }, (_, byte) => byte)
const DECIMAL = BYTES.map(String)
const HEX = BYTES.map((byte) => byte.toString(16).padStart(2, '0'))

const WORD = 8

/** What the code writes with, and where. */
interface LineTools {
  readonly plan: BatchPlan
  readonly digits: DigitCode
  readonly tables: TextTables
  /** The place of the next byte, from `base` on. */
  readonly at: Local<'i32'>
  readonly base: number
  /** The number of the rows' snapshot. */
  readonly snapshot: I32
}

/** Code of a function that goes from row to row. */
export class LineCode {
  readonly #f: WasmFunction
  readonly #tools: LineTools
  /** The row, and that times 2, 4 and 8: where it is in columns, by the size of their elements. */
  readonly #rows: readonly Local<'i32'>[]
  readonly #i: Local<'i32'>
  readonly #end: Local<'i32'>
  readonly #n: Local<'i32'>
  readonly #wide: Local<'i64'>

  constructor(f: WasmFunction, tools: LineTools) {
    this.#f = f
    this.#tools = tools
    this.#rows = [0, 1, 2, 3].map(() => f.local())
    this.#i = f.local()
    this.#end = f.local()
    this.#n = f.local()
    this.#wide = f.local('i64')
  }

  goTo(row: I32): Body {
    return this.#rows.map((local, log2) => local.set(shl(row, log2)))
  }

  goOn(): Body {
    return this.#rows.map((local, log2) => local.add(1 << log2))
  }

  get row(): I32 {
    return this.#rows[0]!
  }

  /** A column of the row; of 64 bits the lower half. */
  column(name: RowColumnName): I32 {
    const scalar = OF_ROWS[name]
    return load(scalar === 'u64' ? 'u32' : scalar, this.#rows[LOG2[scalar]]!, this.#tools.plan.address[name])
  }

  /** Writes a line of these pieces. */
  line(pieces: readonly LinePiece[]): Body {
    return pieces.map((piece) => this.#piece(piece))
  }

  #piece(piece: LinePiece): Body {
    if (typeof piece === 'string') return this.#text(piece)
    switch (piece.write) {
      case 'byte':
        return this.#byteText(this.column(piece.column as RowColumnName), piece)
      case 'u64':
        return this.#u64(load('u64', this.#rows[LOG2.u64]!, this.#tools.plan.address[piece.column as RowColumnName]))
      case 'low':
      case 'u16':
      case 'u32':
        return this.#u32(this.column(piece.column as RowColumnName))
      case 's16':
        return this.#s16(this.column(piece.column as RowColumnName))
      case 'optional': {
        const value = this.column(piece.column as RowColumnName)
        return when(ne(value, piece.none), [this.#text(piece.key), this.#u32(value)])
      }
      case 'list':
        return this.#list(piece)
      case 'hex':
        return this.#hex()
      case 'snapshot':
        return this.#u32(this.#tools.snapshot)
      case 'end':
        return []
    }
  }

  /** Stores the text in words of eight bytes: up to seven more than it has. */
  #text(text: string): Body {
    const { at, base } = this.#tools
    if (text === '') return []
    const words = Array.from({ length: Math.ceil(text.length / WORD) }, (_, i) => {
      let word = 0n
      for (let j = WORD - 1; j >= 0; j--) word = (word << 8n) | BigInt(text.charCodeAt(WORD * i + j) || 0)
      return store('u64', at, base + WORD * i, word)
    })
    return [words, at.add(text.length)]
  }

  #byteText(byte: I32, { values, text }: Pick<BytePiece, 'values' | 'text'>): Body {
    return this.#oneOf(BYTES.slice(0, values).map(text), byte)
  }

  #oneOf(texts: readonly string[], number: I32): Body {
    const { tables, at, base } = this.#tools
    return tables.put(at, base, texts, number)
  }

  /** Most are small: slots, counts, ids. */
  #u32(n: I32): Body {
    const { digits, at } = this.#tools
    return [this.#n.set(n), when(lt(this.#n, DECIMAL.length), this.#oneOf(DECIMAL, this.#n), digits.u32(at, this.#n))]
  }

  #u64(n: I64): Body {
    const { digits, at } = this.#tools
    const isSmall = lt(this.#wide, BigInt(DECIMAL.length))
    return [this.#wide.set(n), when(isSmall, this.#oneOf(DECIMAL, narrow(this.#wide)), digits.u64(at, this.#wide))]
  }

  #s16(n: I32): Body {
    const { at, base } = this.#tools
    const minus = [store('u8', at, base, MINUS), at.add(1), this.#n.set(sub(0, this.#n))]
    return [this.#n.set(n), when(ltSigned(this.#n, 0), minus), this.#u32(this.#n)]
  }

  /** What stands between elements is written behind each of them, and taken back from the last. */
  #list({ type, marks }: ListPiece): Body {
    const { plan, digits, at } = this.#tools
    const [i, end] = [this.#i, this.#end]
    const [word, first, second] = type.pools
    const last = marks.close + marks.next
    const number = [this.#n.set(load('u32', shl(i, LOG2.u32), plan.address[word])), digits.small(this.#f, at, this.#n)]
    const rest = first && second ? this.#bytePair(first, second, marks.fields, last) : this.#text(last)
    return [
      i.set(this.column(type.start)),
      end.set(add(i, this.column(type.count))),
      when(lt(i, end), [
        loopOnce([this.#text(marks.open), number, rest, i.add(1)], lt(i, end)),
        at.set(sub(at, marks.next.length)),
      ]),
    ]
  }

  #bytePair(first: keyof typeof OF_SEGMENTS, second: keyof typeof OF_SEGMENTS, before: readonly string[], last: string): Body {
    const { address } = this.#tools.plan
    const [a, b] = [load('u8', this.#i, address[first]), load('u8', this.#i, address[second])]
    const left = (byte: number) => `${before[0]}${byte}`
    const right = (byte: number) => `${before[1]}${byte}${last}`
    const both = BYTES.slice(0, SECTORS * SECTORS).map((pair) => left(Math.floor(pair / SECTORS)) + right(pair % SECTORS))
    return when(lt(or(a, b), SECTORS), this.#oneOf(both, or(shl(a, Math.log2(SECTORS)), b)), [
      this.#oneOf(BYTES.map(left), a),
      this.#oneOf(BYTES.map(right), b),
    ])
  }

  #hex(): Body {
    const [i, end] = [this.#i, this.#end]
    const log2 = LOG2[OF_WORDS.words]
    return [
      i.set(shl(this.column('wordStart'), log2)),
      end.set(add(i, shl(this.column('wordCount'), log2))),
      loopWhile(lt(i, end), [this.#oneOf(HEX, load('u8', i, this.#tools.plan.address.words)), i.add(1)]),
    ]
  }
}
