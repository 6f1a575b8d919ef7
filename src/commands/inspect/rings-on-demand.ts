// The rings of an input for one who steps through them: read when they are reached, and not all kept.

import type { Capture } from '../../capture/capture.ts'
import { type DecodedCapture, decodeCapture } from '../../capture/decode-capture.ts'
import type { DumpError } from '../../capture/dump-error.ts'
import { displayName } from '../../inputs/display-name.ts'
import type { Input } from '../../inputs/inputs.ts'
import type { InputOptions } from '../../inputs/open-options.ts'
import type { Rings, RingView } from '../../inspect/index.ts'
import { loadDumps } from '../../node/read/load.ts'
import { openedInput } from '../shared/inputs.ts'
import { ringViewOf } from './text.ts'

/** Rings that stay in memory; for one further back the input is read again. */
const KEPT = 256

export interface OnDemandOptions extends InputOptions {}

export class RingsOnDemand implements Rings {
  readonly #input: Input
  readonly #options: OnDemandOptions
  readonly #dumps = new Map<number, Capture>()
  #reading: Generator<Capture>
  #next = 0
  #decoded: { readonly n: number; readonly dump: DecodedCapture; readonly view: RingView } | undefined
  readonly #errors: readonly DumpError[]

  /** @param errors what could not be read so far */
  private constructor(input: Input, options: OnDemandOptions, errors: readonly DumpError[]) {
    this.#input = input
    this.#options = options
    this.#errors = errors
    this.#reading = input.rings()
  }

  static async of(name: string, options: OnDemandOptions): Promise<RingsOnDemand> {
    const errors: DumpError[] = []
    const quietly = { onError: (error: DumpError) => errors.push(error), onNote: () => {} }
    return new RingsOnDemand(await openedInput(name, options, quietly), options, errors)
  }

  /** The first thing that could not be read. */
  get error(): DumpError | undefined {
    return this.#errors[0]
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
      { ...found, source: displayName(found.source, this.#input.name) },
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
      const { value, done } = this.#reading.next()
      if (done) return undefined
      this.#dumps.set(this.#next++, value)
      this.#dumps.delete(this.#next - 1 - KEPT)
    }
    return this.#dumps.get(n)
  }

  #rewind(): void {
    const { pages, readAs } = this.#options
    this.#reading = loadDumps(this.#input.path, { pages, readAs, onError: () => {} })
    this.#dumps.clear()
    this.#next = 0
  }
}
