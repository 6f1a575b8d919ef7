// Texts by the number of a byte in a batch's memory, as WebAssembly copies them: eight bytes at a time, and on by their length.
import { load, store } from '../codec/wasm/memory.ts'
import type { Local } from '../codec/wasm/module.ts'
import { mul, shl } from '../codec/wasm/operators.ts'
import type { Body, I32 } from '../codec/wasm/value.ts'

const WORD = 8

/** Where a table lies: the texts of `stride` bytes each, and a byte of length each. */
interface TextTable {
  readonly texts: number
  readonly lengths: number
  readonly stride: number
}

export class TextTables {
  readonly #room: Uint8Array<ArrayBuffer>
  #used = 0
  /** By their texts, and by the array of them. */
  readonly #made = new Map<string, TextTable>()
  readonly #known = new Map<readonly string[], TextTable>()

  /** @param room for all of them, on a multiple of 8 bytes */
  constructor(room: Uint8Array<ArrayBuffer>) {
    this.#room = room
  }

  /** Appends the text of a number. @param base what places count from */
  put(at: Local<'i32'>, base: number, texts: readonly string[], number: I32): Body {
    const { texts: from, lengths, stride } = this.#tableOf(texts)
    const scaled = stride === WORD ? shl(number, 3) : mul(number, stride)
    return [
      Array.from({ length: stride / WORD }, (_, i) => store('u64', at, base + WORD * i, load('u64', scaled, from + WORD * i))),
      at.add(load('u8', number, lengths)),
    ]
  }

  /** Whether there was not enough room: the code is of no use then. */
  get isOver(): boolean {
    return this.#used > this.#room.length
  }

  #tableOf(texts: readonly string[]): TextTable {
    const known = this.#known.get(texts)
    if (known) return known
    const key = texts.join('\0')
    const table = this.#made.get(key) ?? this.#make(texts)
    this.#made.set(key, table)
    this.#known.set(texts, table)
    return table
  }

  #make(texts: readonly string[]): TextTable {
    const stride = WORD * Math.ceil(Math.max(1, ...texts.map(({ length }) => length)) / WORD)
    const bytes = this.#take(texts.length * stride)
    const lengths = this.#take(texts.length)
    // What lies beyond the room is not stored.
    for (const [i, text] of texts.entries()) {
      for (let j = 0; j < text.length; j++) bytes[i * stride + j] = text.charCodeAt(j)
      lengths[i] = text.length
    }
    return { texts: bytes.byteOffset, lengths: lengths.byteOffset, stride }
  }

  #take(length: number): Uint8Array {
    const from = this.#used
    this.#used += WORD * Math.ceil(length / WORD)
    return this.#room.subarray(from, from + length)
  }
}
