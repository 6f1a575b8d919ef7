// Definition and repetition levels (Dremel): which rows have a value, and where the elements of a list begin. All leaves of
// one struct or list share them.
import { grownTo } from './grown-to.ts'
import type { RowRun, Selection } from './selection.ts'

/** Of a row or an element: no value; a list without elements; a value. */
const [NULL, EMPTY] = [0, 1]

/** Of an element of a list behind the first. */
const AGAIN = 1

export class Levels {
  /** Both have an entry a row, and one more for each further element of its list. */
  #definition: Uint8Array
  #repetition: Uint8Array
  /** Level of a value that is there. */
  readonly #present: number
  /** Number of entries. */
  length = 0

  /** @param room entries to begin with */
  constructor(isList: boolean, room: number) {
    this.#present = isList ? 2 : 1
    this.#definition = new Uint8Array(room)
    this.#repetition = new Uint8Array(isList ? room : 0)
  }

  get definition(): Uint8Array {
    return this.#definition.subarray(0, this.length)
  }

  get repetition(): Uint8Array {
    return this.#repetition.subarray(0, this.length)
  }

  /** Rows with a value, or without. */
  rows({ here, total }: Selection): void {
    const definition = grownTo(this.#definition, this.length + total)
    this.#definition = definition
    for (let i = 0, at = this.length; i < total; i++, at++) definition[at] = here[i]!
    this.length += total
  }

  /** Rows with a list, or without. @param counts of each row of the batch, how many elements it has */
  lists({ from }: RowRun, { here, total, rows, count }: Selection, counts: Uint8Array | Uint16Array): void {
    let entries = total
    for (let i = 0; i < count; i++) entries += Math.max(0, counts[rows[i]!]! - 1)
    this.#definition = grownTo(this.#definition, this.length + entries)
    this.#repetition = grownTo(this.#repetition, this.length + entries)
    const [definition, repetition, present] = [this.#definition, this.#repetition, this.#present]
    let at = this.length
    for (let i = 0; i < total; i++) {
      const elements = here[i] ? counts[from + i]! : 0
      repetition[at] = 0
      definition[at++] = elements > 0 ? present : here[i] ? EMPTY : NULL
      for (const end = at + elements - 1; at < end; at++) {
        repetition[at] = AGAIN
        definition[at] = present
      }
    }
    this.length = at
  }

  clear(): void {
    this.length = 0
  }
}
