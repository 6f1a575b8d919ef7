// The values of one leaf in the row group that is being filled: those that are there, without gaps.
import { HIGH, LOW, WORD } from '../../codec/batch/words.ts'
import { grown, type Levels } from './levels.ts'

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

/** Numbers of 32 bits at the most. */
export class Numbers implements Values {
  #values: Uint8Array | Uint16Array | Int16Array | Uint32Array
  #count = 0
  readonly levels: Levels | undefined

  constructor(type: keyof typeof ARRAYS, levels: Levels | undefined, room: number) {
    this.#values = new ARRAYS[type](room)
    this.levels = levels
  }

  add(value: number): void {
    if (this.#count === this.#values.length) this.#values = grown(this.#values, 2 * this.#count)
    this.#values[this.#count++] = value
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

/** Numbers of 64 bits, from the halves of a batch's column. */
export class LongNumbers implements Values {
  #halves: Uint32Array
  #count = 0
  readonly levels: Levels | undefined

  constructor(levels: Levels | undefined, room: number) {
    this.#halves = new Uint32Array(2 * room)
    this.levels = levels
  }

  /** The number at a row of a column whose halves these are. */
  add(halves: Uint32Array, row: number): void {
    const at = 2 * this.#count++
    if (at === this.#halves.length) this.#halves = grown(this.#halves, 2 * at)
    this.#halves[at] = halves[2 * row + LOW]!
    this.#halves[at + 1] = halves[2 * row + HIGH]!
  }

  encodable(): Encodable {
    return { as: 'words', words: this.#halves.subarray(0, 2 * this.#count), each: 2 }
  }

  clear(): void {
    this.#count = 0
  }
}

/** Texts, of which few are different. */
export class Texts implements Values {
  #codes: Uint16Array
  #count = 0
  readonly #words: string[] = []
  readonly #codeOf = new Map<string, number>()
  #last: string | undefined
  #lastCode = 0
  readonly levels: Levels | undefined

  constructor(levels: Levels | undefined, room: number) {
    this.#codes = new Uint16Array(room)
    this.levels = levels
  }

  add(text: string): void {
    if (text !== this.#last) {
      this.#lastCode = this.#codeOf.get(text) ?? this.#learn(text)
      this.#last = text
    }
    if (this.#count === this.#codes.length) this.#codes = grown(this.#codes, 2 * this.#count)
    this.#codes[this.#count++] = this.#lastCode
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
    this.#last = undefined
  }
}

/** Bytes, each value with its length in front as Parquet has it. */
export class Binaries implements Values {
  #bytes = new Uint8Array(1024)
  #at = 0
  #count = 0
  readonly levels: Levels | undefined

  constructor(levels: Levels | undefined) {
    this.levels = levels
  }

  /** Appends so many little-endian words. */
  add(words: Uint32Array, start: number, count: number): void {
    const length = WORD * count
    const end = this.#at + WORD + length
    if (end > this.#bytes.length) this.#bytes = grown(this.#bytes, 2 * end)
    const view = new DataView(this.#bytes.buffer)
    view.setUint32(this.#at, length, true)
    for (let i = 0; i < count; i++) view.setUint32(this.#at + WORD + WORD * i, words[start + i]!, true)
    this.#at = end
    this.#count++
  }

  encodable(): Encodable {
    return { as: 'bytes', bytes: this.#bytes.subarray(0, this.#at), count: this.#count }
  }

  clear(): void {
    this.#at = 0
    this.#count = 0
  }
}
