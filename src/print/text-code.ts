// Texts and numbers in WebAssembly: what a function writes, one behind the other.
import { when } from '../codec/wasm/control.ts'
import { store } from '../codec/wasm/memory.ts'
import type { Local, WasmFunction } from '../codec/wasm/module.ts'
import { lt, ltSigned, narrow, sub } from '../codec/wasm/operators.ts'
import type { Body, I32, I64 } from '../codec/wasm/value.ts'
import type { DigitCode } from './digit-code.ts'
import type { TextTables } from './text-tables.ts'

const MINUS = 0x2d
const WORD = 8

const DECIMAL = Array.from({ length: 256 }, (_, byte) => `${byte}`)

/** What functions of a module write with. */
export interface TextTools {
  readonly digits: DigitCode
  readonly tables: TextTables
  /** What places count from. */
  readonly base: number
}

export class TextCode {
  readonly at: Local<'i32'>
  readonly #f: WasmFunction
  readonly #tools: TextTools
  readonly #n: Local<'i32'>
  readonly #wide: Local<'i64'>

  /** @param at a variable of the function: the place of the next byte */
  constructor(f: WasmFunction, at: Local<'i32'>, tools: TextTools) {
    this.at = at
    this.#f = f
    this.#tools = tools
    this.#n = f.local()
    this.#wide = f.local('i64')
  }

  /** Stores the text in words of eight bytes: up to seven more than it has. */
  text(text: string): Body {
    if (text === '') return []
    const words = Array.from({ length: Math.ceil(text.length / WORD) }, (_, i) => {
      let word = 0n
      for (let j = WORD - 1; j >= 0; j--) word = (word << 8n) | BigInt(text.charCodeAt(WORD * i + j) || 0)
      return store('u64', this.at, this.#tools.base + WORD * i, word)
    })
    return [words, this.at.add(text.length)]
  }

  /** The text of a number. */
  oneOf(texts: readonly string[], number: I32): Body {
    return this.#tools.tables.put(this.at, this.#tools.base, texts, number)
  }

  /** Most are small: slots, counts, ids. */
  u32(n: I32): Body {
    const isSmall = lt(this.#n, DECIMAL.length)
    return [this.#n.set(n), when(isSmall, this.oneOf(DECIMAL, this.#n), this.#tools.digits.u32(this.at, this.#n))]
  }

  u64(n: I64): Body {
    const isSmall = lt(this.#wide, BigInt(DECIMAL.length))
    return [this.#wide.set(n), when(isSmall, this.oneOf(DECIMAL, narrow(this.#wide)), this.#tools.digits.u64(this.at, this.#wide))]
  }

  s16(n: I32): Body {
    const minus = [store('u8', this.at, this.#tools.base, MINUS), this.at.add(1), this.#n.set(sub(0, this.#n))]
    return [this.#n.set(n), when(ltSigned(this.#n, 0), minus), this.u32(this.#n)]
  }

  /** A number below 10^8, or seldom more. */
  gref(n: I32): Body {
    return [this.#n.set(n), this.#tools.digits.small(this.#f, this.at, this.#n)]
  }

  /** Takes back what was written last. */
  back(bytes: number): Body {
    return bytes === 0 ? [] : this.at.set(sub(this.at, bytes))
  }
}
