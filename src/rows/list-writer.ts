// Writes the elements of a list of a row: numbers, or structs of a number and two bytes.
import type { Batch } from '../codec/batch/batch.ts'
import { memo } from '../codec/struct/memo.ts'
import { type ByteSink, Literals, putText } from '../print/byte-sink.ts'
import { putU32 } from '../print/digits.ts'
import type { ListMarks, ListPiece } from './pieces.ts'

/** Sectors of 512 bytes in a page: both bytes of nearly every segment are below it, and are written as one text. */
const SECTORS = 8

const BYTES = Array.from({ length: 256 }, (_, byte) => byte)

/** The texts of a list, made once for its marks: it is in the lines of several kinds of rows. */
const textsOf = /*#__PURE__*/ memo(new WeakMap<ListMarks, ListTexts>(), (marks) => new ListTexts(marks))

class ListTexts {
  /** What stands before the first element, and before others. */
  readonly opens: Literals
  readonly first: Literals
  readonly second: Literals
  readonly both: Literals

  constructor({ open, next, fields, close }: ListMarks) {
    const first = (byte: number) => `${fields[0]}${byte}`
    const second = (byte: number) => `${fields[1]}${byte}${close}`
    const pairs = BYTES.slice(0, SECTORS * SECTORS)
    const isPair = fields.length > 0
    this.opens = new Literals([open, next + open])
    this.first = new Literals(isPair ? BYTES.map(first) : [])
    this.second = new Literals(isPair ? BYTES.map(second) : [])
    this.both = new Literals(isPair ? pairs.map((pair) => first(Math.floor(pair / SECTORS)) + second(pair % SECTORS)) : [])
  }
}

export class ListWriter {
  readonly #piece: ListPiece
  readonly #batch: Batch
  readonly #starts: Uint32Array
  readonly #counts: Uint8Array | Uint16Array
  readonly #opens: Literals
  readonly #first: Literals
  readonly #second: Literals
  readonly #both: Literals
  #words: Uint32Array = new Uint32Array()
  #firstOf: Uint8Array | undefined
  #secondOf: Uint8Array | undefined

  constructor(piece: ListPiece, batch: Batch) {
    const { type, marks } = piece
    const { opens, first, second, both } = textsOf(marks)
    this.#piece = piece
    this.#batch = batch
    this.#starts = batch[type.start]
    this.#counts = batch[type.count]
    this.#opens = opens
    this.#first = first
    this.#second = second
    this.#both = both
    this.bind()
  }

  /** Takes the batch's pools, which are others once they have grown. */
  bind(): void {
    const [words, first, second] = this.#piece.type.pools
    this.#words = this.#batch[words]
    this.#firstOf = first && this.#batch[first]
    this.#secondOf = second && this.#batch[second]
  }

  /** @returns where it ends */
  put({ view }: ByteSink, from: number, row: number): number {
    const words = this.#words
    const opens = this.#opens
    const [first, second, both] = [this.#first, this.#second, this.#both]
    const [firstOf, secondOf] = [this.#firstOf, this.#secondOf]
    const start = this.#starts[row]!
    const end = start + this.#counts[row]!
    let at = from
    for (let i = start; i < end; i++) {
      at = putU32(view, putText(view, at, opens, i === start ? 0 : 1), words[i]!)
      if (firstOf === undefined || secondOf === undefined) continue
      const [a, b] = [firstOf[i]!, secondOf[i]!]
      at = (a | b) < SECTORS ? putText(view, at, both, SECTORS * a + b) : putText(view, putText(view, at, first, a), second, b)
    }
    return at
  }
}
