import { jsonText } from '../print/printable.ts'
import type { Json } from '../rows/ring-json.ts'
import { write } from './output.ts'

/** Prints values as JSON: one alone as it is, several as an array. The first waits until it is known whether a second comes. */
export class JsonList {
  #open: boolean
  #waiting: string | undefined

  /** @param always an array even of one value or none */
  constructor(always: boolean) {
    this.#open = always
    if (always) write('[')
  }

  add(value: Json): void {
    if (this.#waiting !== undefined) {
      write(`${this.#open ? '' : '['}${this.#waiting},\n`)
      this.#open = true
    }
    this.#waiting = jsonText(value, 2)
  }

  end(): void {
    if (this.#open) write(`${this.#waiting ?? ''}]\n`)
    else if (this.#waiting !== undefined) write(`${this.#waiting}\n`)
  }
}
