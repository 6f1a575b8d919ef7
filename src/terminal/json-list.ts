// Lists of JSON that go out element by element, so that a long series is never whole in memory.
import { jsonText } from '../print/printable.ts'
import type { Json } from '../rows/ring-json.ts'
import { write } from './output.ts'

/** A list in a document, of which the caller writes what stands around it. */
export class JsonElements {
  readonly #spaces: number | undefined
  #before: string

  /** @param before the first element; a comma and a line end stand before others @param spaces of each level */
  constructor(before: string, spaces?: number) {
    this.#before = before
    this.#spaces = spaces
  }

  add(value: Json): void {
    write(`${this.#before}${jsonText(value, this.#spaces)}`)
    this.#before = ',\n'
  }
}

/** Values alone: one as it is, several as an array. The first waits until it is known whether a second comes. */
export class JsonList {
  #elements: JsonElements | undefined
  #waiting: Json | undefined

  /** @param always an array even of one value or none */
  constructor(always: boolean) {
    if (always) this.#open()
  }

  add(value: Json): void {
    if (this.#waiting !== undefined) {
      this.#open().add(this.#waiting)
      this.#waiting = undefined
    }
    if (this.#elements) this.#elements.add(value)
    else this.#waiting = value
  }

  end(): void {
    if (this.#elements) write(']\n')
    else if (this.#waiting !== undefined) write(`${jsonText(this.#waiting, 2)}\n`)
  }

  #open(): JsonElements {
    write('[')
    this.#elements = new JsonElements('', 2)
    return this.#elements
  }
}
