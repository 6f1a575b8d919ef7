// Text as bytes in one buffer that is used again and again, and texts made ready to be copied into it.

import { HOST_IS_LITTLE_ENDIAN } from '../codec/batch/words.ts'
import { viewOf } from '../codec/struct/scalar.ts'
import { putU32, putU64 } from './digits.ts'

const TWO_32 = 2 ** 32

/** Bytes that a double copies. ASCII makes no NaN, so that each is copied bit by bit. */
const DOUBLE = 8

/** Literals end up to 7 bytes early: their last double is stored whole. */
const SLACK = DOUBLE

/** A longer text is given to the encoder, whose call costs more than a short one. */
const MAX_LOOPED = 64
const ENCODER = new TextEncoder()

export class ByteSink {
  bytes: Uint8Array
  view: DataView
  /** The place of the next byte. */
  at = 0
  readonly #own: Uint8Array
  readonly #flush: (bytes: Uint8Array) => void

  /**
   * @param room where bytes are gathered before they are passed on, or how many
   * @param flush takes the bytes, which change afterwards
   */
  constructor(room: number | Uint8Array, flush: (bytes: Uint8Array) => void) {
    this.#own = typeof room === 'number' ? new Uint8Array(room) : room
    this.bytes = this.#own
    this.view = viewOf(this.#own)
    this.#flush = flush
  }

  flush(): void {
    const { at, bytes } = this
    this.at = 0
    if (at > 0) this.#flush(bytes.subarray(0, at))
    if (bytes !== this.#own) this.#use(this.#own)
  }

  /** Must be called before anything that writes up to so many bytes. What needs more room than there is has some of its own until it is passed on. */
  reserve(bytes: number): void {
    if (this.at + bytes + SLACK <= this.bytes.length) return
    this.flush()
    if (bytes + SLACK > this.bytes.length) this.#use(new Uint8Array(bytes + SLACK))
  }

  #use(bytes: Uint8Array): void {
    this.bytes = bytes
    this.view = viewOf(bytes)
  }

  /** The first of the texts. */
  literal(texts: Literals): void {
    this.at = putText(this.view, this.at, texts, 0)
  }

  /** ASCII alone; it reserves what it needs. */
  text(text: string): void {
    this.reserve(text.length)
    if (text.length > MAX_LOOPED) this.at += ENCODER.encodeInto(text, this.bytes.subarray(this.at)).written
    else for (let i = 0; i < text.length; i++) this.bytes[this.at++] = text.charCodeAt(i)
  }

  byte(code: number): void {
    this.bytes[this.at++] = code
  }

  /** A whole number from 0 to 2^32 - 1. */
  u32(n: number): void {
    this.at = putU32(this.view, this.at, n)
  }

  /** A whole number from 0 to 2^53 - 1. */
  whole(n: number): void {
    this.at = putU64(this.view, this.at, n % TWO_32, Math.floor(n / TWO_32))
  }
}

/** ASCII texts in one piece of memory, as doubles that are copied eight bytes at a time; each takes `stride` doubles. */
export class Literals {
  readonly stride: number
  readonly doubles: Float64Array
  readonly lengths: Uint16Array

  constructor(texts: readonly string[]) {
    this.stride = Math.ceil(Math.max(1, ...texts.map((text) => text.length)) / DOUBLE)
    const padded = texts.map((text) => text.padEnd(DOUBLE * this.stride, '\0'))
    const doubles = new Float64Array(this.stride * texts.length)
    new TextEncoder().encodeInto(padded.join(''), new Uint8Array(doubles.buffer))
    const view = new DataView(doubles.buffer)
    // As they are written, whatever the order of the host.
    this.doubles = HOST_IS_LITTLE_ENDIAN ? doubles : doubles.map((_, i) => view.getFloat64(DOUBLE * i, true))
    this.lengths = Uint16Array.from(texts, (text) => text.length)
  }
}

export function literal(text: string): Literals {
  return new Literals([text])
}

/** Copies a text to `at`, and returns where it ends. */
export function putText(view: DataView, at: number, { doubles, lengths, stride }: Literals, i: number): number {
  const from = stride * i
  view.setFloat64(at, doubles[from]!, true)
  for (let d = 1; d < stride; d++) view.setFloat64(at + DOUBLE * d, doubles[from + d]!, true)
  return at + lengths[i]!
}
