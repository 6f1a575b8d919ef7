// Definition and repetition levels (Dremel): which rows have a value, and where the elements of a list begin. All leaves of
// one struct or list share them.

/** Of a row or an element: no value; a list without elements; a value. */
const [NULL, EMPTY] = [0, 1]

export class Levels {
  /** Both have an entry a row, and one more for each further element of its list. */
  readonly #isList: boolean
  #definition: Uint8Array
  #repetition: Uint8Array
  /** Level of a value that is there. */
  readonly #present: number
  /** Number of entries. */
  length = 0
  /** Entries without a value. */
  nulls = 0

  /** @param room entries to begin with */
  constructor(isList: boolean, room: number) {
    this.#isList = isList
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

  /** A row without a value. */
  skip(): void {
    this.#push(NULL, 0)
    this.nulls++
  }

  /** A row with one. */
  value(): void {
    this.#push(this.#present, 0)
  }

  /** A row with a list. */
  list(elements: number): void {
    if (elements === 0) {
      this.#push(EMPTY, 0)
      this.nulls++
      return
    }
    this.#push(this.#present, 0)
    for (let i = 1; i < elements; i++) this.#push(this.#present, 1)
  }

  clear(): void {
    this.length = 0
    this.nulls = 0
  }

  #push(definition: number, repetition: number): void {
    const at = this.length++
    if (at === this.#definition.length) this.#grow(2 * at)
    this.#definition[at] = definition
    if (this.#isList) this.#repetition[at] = repetition
  }

  #grow(room: number): void {
    this.#definition = grown(this.#definition, room)
    if (this.#isList) this.#repetition = grown(this.#repetition, room)
  }
}

/** A larger array that begins with the same values. */
export function grown<T extends Uint8Array | Uint16Array | Int16Array | Uint32Array>(values: T, room: number): T {
  const larger = new (values.constructor as new (length: number) => T)(room)
  larger.set(values)
  return larger
}
