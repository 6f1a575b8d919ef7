// One side of a comparison: an input, moment by moment, and what went wrong with it.

import { basename } from 'node:path'
import { type DecodedCapture, decodeCapture } from '../../capture/decode-capture.ts'
import type { DumpError } from '../../capture/dump-error.ts'
import { indirectName, memberOf } from '../../capture/dump-names.ts'
import type { DeviceMoment } from '../../capture/moments.ts'
import { type Coverage, type SideRing, sideOf, type Unknown } from '../../diff/index.ts'
import type { Extracted } from '../../image/index.ts'
import { displayName } from '../../inputs/display-name.ts'
import type { InputOptions } from '../../inputs/open-options.ts'
import { seriesOf } from '../../inputs/series-name.ts'
import { unitFacts } from '../../print/slot-words.ts'
import { count } from '../../print/text.ts'
import { unitJson } from '../../rows/ring-json.ts'
import { report, warn } from '../../terminal/failure.ts'
import type { XenstoreNodes } from '../../xenstore/nodes.ts'
import { openedInput } from '../shared/inputs.ts'
import type { SideJson } from './json.ts'
import type { SideName } from './text.ts'

export interface SideOptions extends InputOptions {
  /** Folder that names begin below; undefined for the input's own. */
  readonly base?: string | undefined
}

export interface SideMoment {
  readonly name: SideName
  readonly json: SideJson
  readonly rings: readonly SideRing[]
  /** Where in a memory image each ring was. */
  readonly extracted: readonly (Extracted | undefined)[]
  /** Every queue could be read. */
  readonly whole: boolean
  /** Moments with the same word are one device's, in the order of their numbers. */
  readonly series: string
  readonly number: number
  readonly xenstore: XenstoreNodes | undefined
}

/** Findings that say that a ring is damaged, or none: what differs may be due to that. */
const DAMAGE: ReadonlySet<string> = new Set([
  'indices-impossible',
  'ring-all-zero',
  'protocol-contradicts-ring',
  'protocol-unknown',
  'text-mistake',
  'text-bytes-missing',
  'snapshot-cut',
])

export class DiffSide {
  readonly #input: string
  readonly #name: string
  readonly #options: SideOptions
  #moments!: Generator<DeviceMoment>
  #next!: IteratorResult<DeviceMoment>
  #isImage = false
  #failed = false
  readonly #notes = new Map<string, { readonly first: string; times: number }>()

  private constructor(input: string, name: string, options: SideOptions) {
    this.#input = input
    this.#name = name
    this.#options = options
  }

  /** @param name what messages call it: A or B; nothing where only its rings are named */
  static async open(input: string, name: string, options: SideOptions): Promise<DiffSide> {
    const side = new DiffSide(input, name, options)
    const onError = (error: DumpError) => {
      side.#failed = true
      report(error)
    }
    const opened = await openedInput(input, options, { onError })
    side.#isImage = opened.isImage
    side.#moments = opened.moments()
    side.#next = side.#moments.next()
    return side
  }

  /** Whether something of it could not be read, or not be compared. */
  get failed(): boolean {
    return this.#failed
  }

  /** It is a memory image, and one ring of it was taken. */
  get isImage(): boolean {
    return this.#isImage
  }

  get ended(): boolean {
    return this.#next.done === true
  }

  /** Number of the next moment; infinite behind the last. */
  get number(): number {
    return this.#next.done ? Number.POSITIVE_INFINITY : this.#next.value.number
  }

  /** Whether the next of its moments is the last. */
  get atLast(): boolean {
    return !this.#next.done && this.#next.value.last
  }

  /** No ring of it could not be read. */
  isWhole(moment: SideMoment): boolean {
    return moment.whole || !this.#failed
  }

  take(): SideMoment {
    const moment = this.#next.value
    this.#next = this.#moments.next()
    return this.#decoded(moment)
  }

  #decoded({ dumps, whole, number }: DeviceMoment): SideMoment {
    const { abi, sectorUnit } = this.#options
    const decoded = dumps.map((dump) => decodeCapture({ ...dump, source: this.#nameOf(dump.source) }, abi, sectorUnit))
    for (const { capture, findings } of decoded)
      for (const { code, message } of findings) if (DAMAGE.has(code)) this.#note(code, `${capture.source}: ${message}`)
    const [only] = decoded.length === 1 ? decoded : []
    const source = only ? only.capture.source : this.#nameOf(this.#input)
    return {
      name: { source, about: aboutText(decoded) },
      json: sideJson(source, decoded),
      rings: sideOf(decoded),
      extracted: dumps.map((dump) => dump.extracted),
      whole,
      series: seriesOf(this.#input),
      number: memberOf(basename(this.#input))?.moment ?? number,
      xenstore: dumps[0]?.xenstore,
    }
  }

  #nameOf(source: string): string {
    return displayName(source, this.#input, this.#options.base)
  }

  /** What could not be compared makes a result of "equal" worthless. */
  noteUnknown(unknown: Unknown, source: string): void {
    this.#failed = true
    if (unknown.what === 'indices') this.#note('unknown', `${source}: what is in flight cannot be known, and was not compared`)
    else if (unknown.what === 'slot')
      this.#note('slot', `${source}: slot ${unknown.slot.slot.slot} is not in the input, and was not compared`)
    else if (unknown.what === 'bytes')
      this.#note(
        'bytes',
        `${source}: bytes 0x${unknown.from.toString(16)} to 0x${(unknown.to - 1).toString(16)} of the ring are not in the input, and were not compared`,
      )
    else if (unknown.what === 'repeated')
      this.#note(
        'repeated',
        `${source}: slot ${unknown.slot.slot.slot}: page ${unknown.gref} is named too often; its segments were not compared again`,
      )
    else
      this.#note(
        'page',
        `${source}: slot ${unknown.slot.slot.slot}: no whole page ${indirectName(unknown.gref)}; its segments were not compared`,
      )
  }

  noteCoverage({ faults }: Coverage, source: string): void {
    for (const { kind, slots, message } of faults)
      this.#note(kind, `${source}: ${kind} in slots ${slots.map(({ slot }) => slot.slot).join(' and ')}: ${message}`)
  }

  #note(kind: string, message: string): void {
    const note = this.#notes.get(kind)
    if (note) note.times++
    else this.#notes.set(kind, { first: message, times: 1 })
  }

  /** Prints what was noted, one line a kind. */
  warn(): void {
    for (const { first, times } of this.#notes.values())
      warn(`${this.#name}${this.#name && ': '}${first}${times > 1 ? ` (and ${count(times - 1, 'time')} more)` : ''}`)
  }
}

function aboutText(decoded: readonly DecodedCapture[]): string {
  const [first] = decoded
  const pages = count(first!.ring.geometry.pages, 'page')
  const unit = unitFacts(first!.ring.sectorUnit).map((text) => `, ${text}`)
  return `${first!.protocol.protocol}, ${decoded.length > 1 ? `${decoded.length} queues of ${pages}` : pages}${unit}`
}

function sideJson(source: string, decoded: readonly DecodedCapture[]): SideJson {
  const { protocol, ring } = decoded[0]!
  const queues = decoded.length > 1 ? { queues: decoded.length } : {}
  return { source, protocol: protocol.protocol, pages: ring.geometry.pages, ...unitJson(ring.sectorUnit), ...queues }
}
