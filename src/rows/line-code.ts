// The pieces of a line as WebAssembly: what `RowWriter` does of a row, with each piece's text and column in its place in the code.
import { type BatchPlan, OF_ROWS, type OF_SEGMENTS, OF_WORDS, type RowColumnName } from '../codec/batch/columns.ts'
import { loopOnce, loopWhile, when } from '../codec/wasm/control.ts'
import { load, store } from '../codec/wasm/memory.ts'
import type { Local, WasmFunction } from '../codec/wasm/module.ts'
import { add, lt, ltSigned, narrow, ne, or, shl, sub } from '../codec/wasm/operators.ts'
import type { Body, I32, I64 } from '../codec/wasm/value.ts'
import { type DigitFunctions, OCTO, putNumber, putOctet } from '../print/digit-code.ts'
import type { LinePiece, ListPiece } from './pieces.ts'
import type { TextTables } from './text-tables.ts'

/** Sectors of 512 bytes in a page: both bytes of nearly every segment are below it, and are written as one text. */
const SECTORS = 8

const MINUS = 0x2d

/** Bytes of elements, as powers of 2. */
const LOG2 = { u8: 0, u16: 1, s16: 1, u32: 2, u64: 3 } as const

const BYTES = Array.from({ length: 256 }, (_, byte) => byte)
const HEX = BYTES.map((byte) => byte.toString(16).padStart(2, '0'))

/** What writes lines of one row after another. */
export class LineCode {
  readonly #plan: BatchPlan
  readonly #f: WasmFunction
  readonly #long64: Local<'i64'>
  readonly #tables: TextTables
  readonly #digits: DigitFunctions
  readonly #base: number
  readonly #snapshot: I32
  readonly #at: Local<'i32'>
  /** The row, and that times 2, 4 and 8: where it is in columns, by the size of their elements. */
  readonly #rows: readonly Local<'i32'>[]
  readonly #i: Local<'i32'>
  readonly #end: Local<'i32'>
  readonly #n: Local<'i32'>

  /**
   * @param f the function that the code is in
   * @param at the place of the next byte, from `base` on
   */
  constructor(
    f: WasmFunction,
    {
      plan,
      tables,
      digits,
      base,
      at,
      snapshot,
    }: {
      readonly plan: BatchPlan
      readonly tables: TextTables
      readonly digits: DigitFunctions
      readonly base: number
      readonly at: Local<'i32'>
      readonly snapshot: I32
    },
  ) {
    this.#plan = plan
    this.#f = f
    this.#long64 = f.local('i64')
    this.#tables = tables
    this.#digits = digits
    this.#base = base
    this.#at = at
    this.#snapshot = snapshot
    this.#rows = [0, 1, 2, 3].map(() => f.local())
    this.#i = f.local()
    this.#end = f.local()
    this.#n = f.local()
  }

  /** Goes to a row. */
  goTo(row: I32): Body {
    return this.#rows.map((local, log2) => local.set(shl(row, log2)))
  }

  get next(): Body {
    return this.#rows.map((local, log2) => local.add(1 << log2))
  }

  get row(): I32 {
    return this.#rows[0]!
  }

  /** A column of the row; of 64 bits the lower half. */
  column(name: RowColumnName): I32 {
    const scalar = OF_ROWS[name]
    return load(scalar === 'u64' ? 'u32' : scalar, this.#rows[LOG2[scalar]]!, this.#plan.address[name])
  }

  /** Writes a line of these pieces. */
  line(pieces: readonly LinePiece[]): Body {
    return pieces.map((piece) => this.#piece(piece))
  }

  #piece(piece: LinePiece): Body {
    if (typeof piece === 'string') return this.#text(piece)
    switch (piece.write) {
      case 'byte':
        return this.#byteText(piece.values, piece.text, this.column(piece.column as RowColumnName))
      case 'u64':
        return this.#long(load('u64', this.#rows[3]!, this.#plan.address[piece.column as RowColumnName]))
      case 'low':
      case 'u16':
      case 'u32':
        return this.#number(this.column(piece.column as RowColumnName))
      case 's16':
        return [
          this.#n.set(this.column(piece.column as RowColumnName)),
          when(ltSigned(this.#n, 0), [store('u8', this.#at, this.#base, MINUS), this.#at.add(1), this.#n.set(sub(0, this.#n))]),
          this.#number(this.#n),
        ]
      case 'optional': {
        const value = this.column(piece.column as RowColumnName)
        return when(ne(value, piece.none), [this.#text(piece.key), this.#number(value)])
      }
      case 'list':
        return this.#list(piece)
      case 'hex':
        return this.#hex()
      case 'snapshot':
        return this.#number(this.#snapshot)
      case 'end':
        return []
    }
  }

  /** Stores the text as numbers, up to 7 bytes more than it has. */
  #text(text: string): Body {
    if (text === '') return []
    const words = Array.from({ length: Math.ceil(text.length / 8) }, (_, i) => {
      let word = 0n
      for (let j = 7; j >= 0; j--) word = (word << 8n) | BigInt(text.charCodeAt(8 * i + j) || 0)
      return store('u64', this.#at, this.#base + 8 * i, word)
    })
    return [words, this.#at.add(text.length)]
  }

  #number(n: I32): Body {
    return [
      this.#n.set(n),
      when(
        lt(this.#n, 256),
        this.#tables.put(this.#at, this.#base, BYTES.map(String), this.#n),
        putNumber(this.#at, this.#digits, this.#n),
      ),
    ]
  }

  #long(n: I64): Body {
    return [
      this.#long64.set(n),
      when(
        lt(this.#long64, 256n),
        this.#tables.put(this.#at, this.#base, BYTES.map(String), narrow(this.#long64)),
        putNumber(this.#at, this.#digits, this.#long64),
      ),
    ]
  }

  #gref(n: I32): Body {
    return [
      this.#n.set(n),
      when(lt(this.#n, OCTO), putOctet(this.#f, this.#at, this.#n, this.#base), putNumber(this.#at, this.#digits, this.#n)),
    ]
  }

  #byteText(values: number, text: (byte: number) => string, byte: I32): Body {
    return this.#tables.put(this.#at, this.#base, BYTES.slice(0, values).map(text), byte)
  }

  /** Elements with what stands between them behind each, which is taken back from the last. */
  #list({ type, marks }: ListPiece): Body {
    const { address } = this.#plan
    const [i, end] = [this.#i, this.#end]
    const [word, first, second] = type.pools
    const numbers = load('u32', shl(i, 2), address[word])
    const last = marks.close + marks.next
    const pair = (a: number, b: number) => `${marks.fields[0]}${a}${marks.fields[1]}${b}${last}`
    const texts = Array.from({ length: SECTORS * SECTORS }, (_, both) => pair(Math.floor(both / SECTORS), both % SECTORS))
    const of = (pool: keyof typeof OF_SEGMENTS) => load('u8', i, address[pool])
    const bytes =
      first && second
        ? when(
            lt(or(of(first), of(second)), SECTORS),
            this.#tables.put(this.#at, this.#base, texts, or(shl(of(first), Math.log2(SECTORS)), of(second))),
            [
              this.#byteText(256, (byte) => `${marks.fields[0]}${byte}`, of(first)),
              this.#byteText(256, (byte) => `${marks.fields[1]}${byte}${last}`, of(second)),
            ],
          )
        : this.#text(last)
    return [
      i.set(this.column(type.start)),
      end.set(add(i, this.column(type.count))),
      when(lt(i, end), [
        loopOnce([this.#text(marks.open), this.#gref(numbers), bytes, i.add(1)], lt(i, end)),
        this.#at.set(sub(this.#at, marks.next.length)),
      ]),
    ]
  }

  #hex(): Body {
    const [i, end] = [this.#i, this.#end]
    return [
      i.set(shl(this.column('wordStart'), LOG2[OF_WORDS.words])),
      end.set(add(i, shl(this.column('wordCount'), LOG2[OF_WORDS.words]))),
      loopWhile(lt(i, end), [this.#tables.put(this.#at, this.#base, HEX, load('u8', i, this.#plan.address.words)), i.add(1)]),
    ]
  }
}
