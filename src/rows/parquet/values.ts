// The values of one leaf in the row group that is being filled: those that are there, without gaps.
import type { Batch } from '../../codec/batch/batch.ts'
import { HIGH, LOW, WORD } from '../../codec/batch/words.ts'
import { grownTo } from './grown-to.ts'
import type { Levels } from './levels.ts'
import type { Selection } from './selection.ts'

/** What a chunk of a column is written from. */
export type Encodable =
  /** Values of a small domain: codes, and what they stand for. */
  | {
      readonly as: 'dictionary'
      readonly codes: Uint8Array | Uint16Array | Int16Array
      readonly words: readonly string[] | undefined
    }
  /** Words in the byte order of the host; of a value of two the lower one first. */
  | { readonly as: 'words'; readonly words: Uint32Array; readonly each: 1 | 2 }
  | { readonly as: 'bytes'; readonly bytes: Uint8Array; readonly count: number }

export interface Values {
  /** Levels of null and lists; undefined where every row has one value. */
  readonly levels: Levels | undefined
  /** What is there now. It changes with the next value. */
  encodable(): Encodable
  clear(): void
}

/** Values to begin with; what needs more grows. */
export const ROOM = 1024

const ARRAYS = { UINT_8: Uint8Array, UINT_16: Uint16Array, INT_16: Int16Array, UINT_32: Uint32Array } as const

type NumberArray = Uint8Array | Uint16Array | Int16Array | Uint32Array

/** Numbers of 32 bits at the most. */
export class Numbers implements Values {
  #values: NumberArray
  #count = 0
  readonly levels: Levels | undefined

  constructor(type: keyof typeof ARRAYS, levels: Levels | undefined) {
    this.#values = new ARRAYS[type](ROOM)
    this.levels = levels
  }

  /** One for each row. */
  repeat(value: number, { count }: Selection): void {
    this.#room(count).fill(value, this.#count, this.#count + count)
    this.#count += count
  }

  /** Those of the rows. */
  ofRows(column: NumberArray, { rows, count }: Selection): void {
    const values = this.#room(count)
    for (let i = 0, at = this.#count; i < count; i++, at++) values[at] = column[rows[i]!]!
    this.#count += count
  }

  /** Elements of lists. @param pool what `starts` and `counts` of a row are places in */
  ofLists(pool: NumberArray, starts: Uint32Array, counts: Uint8Array | Uint16Array, { rows, count }: Selection): void {
    let more = 0
    for (let i = 0; i < count; i++) more += counts[rows[i]!]!
    const values = this.#room(more)
    let at = this.#count
    for (let i = 0; i < count; i++) {
      const row = rows[i]!
      for (let from = starts[row]!, end = from + counts[row]!; from < end; from++) values[at++] = pool[from]!
    }
    this.#count = at
  }

  #room(more: number): NumberArray {
    this.#values = grownTo(this.#values, this.#count + more)
    return this.#values
  }

  encodable(): Encodable {
    const values = this.#values.subarray(0, this.#count)
    return values instanceof Uint32Array
      ? { as: 'words', words: values, each: 1 }
      : { as: 'dictionary', codes: values, words: undefined }
  }

  clear(): void {
    this.#count = 0
  }
}

/** Numbers of 64 bits: their halves. */
export class LongNumbers implements Values {
  #halves = new Uint32Array(2 * ROOM)
  #count = 0
  readonly levels: Levels | undefined

  constructor(levels: Levels | undefined) {
    this.levels = levels
  }

  /** One for each row. @param value a whole number */
  repeat(value: number, { count }: Selection): void {
    const halves = this.#room(count)
    const high = Math.floor(value / 2 ** 32)
    for (let at = 2 * this.#count, end = at + 2 * count; at < end; at += 2) {
      halves[at] = value
      halves[at + 1] = high
    }
    this.#count += count
  }

  /** Those of the rows, of a column whose halves these are. */
  ofRows(column: Uint32Array, { rows, count }: Selection): void {
    const halves = this.#room(count)
    for (let i = 0, at = 2 * this.#count; i < count; i++, at += 2) {
      const row = rows[i]!
      halves[at] = column[2 * row + LOW]!
      halves[at + 1] = column[2 * row + HIGH]!
    }
    this.#count += count
  }

  #room(more: number): Uint32Array {
    this.#halves = grownTo(this.#halves, 2 * (this.#count + more))
    return this.#halves
  }

  encodable(): Encodable {
    return { as: 'words', words: this.#halves.subarray(0, 2 * this.#count), each: 2 }
  }

  clear(): void {
    this.#count = 0
  }
}

/** Words of a table, by the codes of a column. */
export class Words implements Values {
  #codes = new Uint8Array(ROOM)
  #count = 0
  readonly #words: readonly string[]
  /** The first code of the word of each. */
  readonly #firstOf: Uint8Array
  readonly levels: Levels | undefined

  constructor(words: readonly string[], levels: Levels | undefined) {
    this.#words = words
    this.#firstOf = Uint8Array.from(words, (word) => words.indexOf(word))
    this.levels = levels
  }

  ofRows(column: NumberArray, { rows, count }: Selection): void {
    const codes = grownTo(this.#codes, this.#count + count)
    this.#codes = codes
    for (let i = 0, at = this.#count; i < count; i++, at++) codes[at] = this.#firstOf[column[rows[i]!]!]!
    this.#count += count
  }

  encodable(): Encodable {
    return { as: 'dictionary', codes: this.#codes.subarray(0, this.#count), words: this.#words }
  }

  clear(): void {
    this.#count = 0
  }
}

/** Texts, of which few are different. */
export class Texts implements Values {
  #codes = new Uint16Array(ROOM)
  #count = 0
  readonly #words: string[] = []
  readonly #codeOf = new Map<string, number>()
  readonly levels: Levels | undefined

  constructor(levels: Levels | undefined) {
    this.levels = levels
  }

  /** One for each row. */
  repeat(text: string, { count }: Selection): void {
    const code = this.#codeOf.get(text) ?? this.#learn(text)
    this.#codes = grownTo(this.#codes, this.#count + count)
    this.#codes.fill(code, this.#count, this.#count + count)
    this.#count += count
  }

  #learn(text: string): number {
    const code = this.#words.push(text) - 1
    this.#codeOf.set(text, code)
    return code
  }

  encodable(): Encodable {
    return { as: 'dictionary', codes: this.#codes.subarray(0, this.#count), words: this.#words }
  }

  clear(): void {
    this.#count = 0
    this.#words.length = 0
    this.#codeOf.clear()
  }
}

/** Bytes, each value with its length in front as Parquet has it. */
export class Binaries implements Values {
  #bytes = new Uint8Array(ROOM)
  #at = 0
  #count = 0
  readonly levels: Levels | undefined

  constructor(levels: Levels | undefined) {
    this.levels = levels
  }

  /** The words of the rows, little-endian. */
  ofRows({ words, wordStart, wordCount }: Batch, { rows, count }: Selection): void {
    let more = 0
    for (let i = 0; i < count; i++) more += WORD * (1 + wordCount[rows[i]!]!)
    this.#bytes = grownTo(this.#bytes, this.#at + more)
    const view = new DataView(this.#bytes.buffer)
    let at = this.#at
    for (let i = 0; i < count; i++) {
      const row = rows[i]!
      view.setUint32(at, WORD * wordCount[row]!, true)
      at += WORD
      for (let from = wordStart[row]!, end = from + wordCount[row]!; from < end; from++, at += WORD)
        view.setUint32(at, words[from]!, true)
    }
    this.#at = at
    this.#count += count
  }

  encodable(): Encodable {
    return { as: 'bytes', bytes: this.#bytes.subarray(0, this.#at), count: this.#count }
  }

  clear(): void {
    this.#at = 0
    this.#count = 0
  }
}
