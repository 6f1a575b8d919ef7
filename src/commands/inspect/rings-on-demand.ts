// The rings of an input for one who steps through them: read when they are reached, and not all kept.

import type { Capture } from '../../capture/capture.ts'
import { type DecodedCapture, decodeCapture } from '../../capture/decode-capture.ts'
import type { DumpError } from '../../capture/dump-error.ts'
import type { SectorUnitChoice } from '../../codec/ring/sector-unit.ts'
import type { Abi } from '../../codec/struct/abi.ts'
import type { Rings, RingView } from '../../inspect/index.ts'
import { loadDumps } from '../../node/read/folder.ts'
import type { ReadAs } from '../../node/read/input-kind.ts'
import { displayName } from '../shared/display-name.ts'
import { ringViewOf } from './text.ts'

/** Rings that stay in memory; for one further back the input is read again. */
const KEPT = 256

export interface OnDemandOptions {
  readonly pages: number | undefined
  readonly readAs?: ReadAs | undefined
  readonly abi: Abi | undefined
  /** What sectors count in; undefined is 512 bytes. */
  readonly sectorUnit?: SectorUnitChoice | undefined
  /** Rings of inputs that are memory images. */
  readonly found?: ReadonlyMap<string, Capture> | undefined
}

export class RingsOnDemand implements Rings {
  readonly #input: string
  readonly #options: OnDemandOptions
  readonly #dumps = new Map<number, Capture>()
  #reading: Generator<Capture> | undefined
  #next = 0
  #decoded: { readonly n: number; readonly dump: DecodedCapture; readonly view: RingView } | undefined
  /** The first thing that could not be read. */
  error: DumpError | undefined

  constructor(input: string, options: OnDemandOptions) {
    this.#input = input
    this.#options = options
  }

  ring(n: number): RingView | undefined {
    return this.decoded(n)?.view
  }

  /** The n-th ring of the input, decoded, or undefined behind the last. */
  decoded(n: number): { readonly dump: DecodedCapture; readonly view: RingView } | undefined {
    if (this.#decoded?.n === n) return this.#decoded
    const found = this.dump(n)
    if (!found) return undefined
    const dump = decodeCapture(
      { ...found, source: displayName(found.source, this.#input) },
      this.#options.abi,
      this.#options.sectorUnit,
    )
    this.#decoded = { n, dump, view: ringViewOf(dump) }
    return this.#decoded
  }

  dump(n: number): Capture | undefined {
    const kept = this.#dumps.get(n)
    if (kept) return kept
    if (n < this.#next) this.#rewind()
    while (this.#next <= n) {
      const { pages, readAs, found } = this.#options
      this.#reading ??= loadDumps(this.#input, { pages, readAs, found, onError: (error) => (this.error ??= error) })
      const { value, done } = this.#reading.next()
      if (done) return undefined
      this.#dumps.set(this.#next++, value)
      this.#dumps.delete(this.#next - 1 - KEPT)
    }
    return this.#dumps.get(n)
  }

  #rewind(): void {
    this.#reading = undefined
    this.#dumps.clear()
    this.#next = 0
  }
}
