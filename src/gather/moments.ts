// The moments in one input of `doctor`: rings, and what texts say of them in words.
import type { Capture } from '../capture/capture.ts'
import { decodeCapture } from '../capture/decode-capture.ts'
import type { DumpError } from '../capture/dump-error.ts'
import { SHARED_INDICES, type Testimony } from '../capture/testimony.ts'
import {
  isWholeMoment,
  type Moment,
  momentOf,
  momentOfTestimony,
  type PartOfMoment,
  slotsCapture,
  withSlots,
  withTestimony,
} from '../doctor/index.ts'
import { displayName } from '../inputs/display-name.ts'
import type { Input } from '../inputs/inputs.ts'
import type { SaidInText } from '../inputs/kinds/kind.ts'
import type { InputOptions } from '../inputs/open-options.ts'
import { orReport } from '../inputs/report.ts'
import { seriesOf } from '../inputs/series-name.ts'
import { WordsBeside } from './words-beside.ts'

export interface MomentOptions extends Pick<InputOptions, 'abi' | 'sectorUnit'> {
  readonly onError: (error: DumpError) => void
  /** What a reader should know of an input. */
  readonly onNote: (note: string) => void
  /** A text was read for what it says in words. */
  readonly onRead?: (said: SaidInText) => void
  /** Is told of each ring the capture that a moment shows. */
  readonly onCapture?: (shown: NonNullable<Moment['shown']>, capture: Capture) => void
  /** Takes rings of which indices are missing: without it they are errors. */
  readonly onUnjudged?: ((ring: ShownRing, problem: string) => void) | undefined
}

/** A ring at a moment, and what its input calls it. */
export interface ShownRing {
  readonly source: string
  readonly capture: Capture
}

/** One moment, or that of each of a device's queues. */
export type Snapshot = readonly Moment[]

/** What is known of a ring of which the page's indices are not all there. */
export type OnPart = (part: PartOfMoment) => void

/** Snapshots of the rings of an input, one after another, each with what the input says of it in words; then what it says of others. */
export function* snapshotsOf(input: Input, options: MomentOptions, onPart: OnPart): Generator<Snapshot> {
  const said = input.inWords && orReport(options, input.inWords)
  for (const note of said?.notes ?? []) options.onNote(`${displayName(said!.path, input.name)}: ${note}`)
  if (said) options.onRead?.(said)
  const beside = new WordsBeside(said?.testimonies ?? [])
  const path = said?.path ?? input.path
  for (const snapshot of ofRings(input, options))
    yield snapshot.map(({ moment, address }) => {
      const own = beside.of(moment, address)
      const known = own.reduce(withTestimony, moment)
      const testimony = own[0] ?? beside.at(address)
      return said && (address !== undefined || testimony?.queue !== undefined)
        ? { ...known, series: seriesOfWords(path, { address, ...testimony }), within: path }
        : known
    })
  if (said) yield* inWords(said, input, beside, { ...options, onPart })
}

/** Queues of one disk stay together, where a text says which they are; other rings are told apart by what it calls them, or by where they lie. */
function seriesOfWords(path: string, { device, queue, handle, address }: Partial<Testimony>): string {
  const of = device ?? (queue === undefined ? (address?.toString(16) ?? handle) : `vdevice ${handle}`)
  return `${path} ${of ?? ''}`
}

/** The rings of which a text has no page: those of one disk at one moment are a snapshot of its queues. */
function* inWords(
  { path, testimonies }: SaidInText,
  { name, queues, isFolder }: Input,
  beside: WordsBeside,
  { onNote, onPart, onCapture, onUnjudged }: MomentOptions & { readonly onPart: OnPart },
): Generator<Snapshot> {
  const devices = new Map<string, Moment[]>()
  for (const testimony of beside.left) {
    const file = displayName(path, name)
    const source = testimonies.length === 1 ? file : sourceOf(file, testimony)
    if (isFolder && queues > 0) {
      onNote(`${source} shows no moment of the rings beside it (${words(testimony)}) and is left aside: name it alone`)
      continue
    }
    const series = testimonies.length === 1 ? seriesOf(path) : seriesOfWords(path, testimony)
    const moment = momentOfTestimony(testimony, { source, series, within: testimonies.length === 1 ? undefined : path })
    const slots = slotsCapture(moment, testimony)
    if (!isWholeMoment(moment)) {
      if (slots) onUnjudged?.({ source, capture: slots }, 'indices of its header are not in the input')
      onPart(moment)
      continue
    }
    const shown = withSlots(moment, testimony)
    if (slots) onCapture?.(shown.shown!, slots)
    if (testimony.queue === undefined) yield [shown]
    else devices.set(series ?? '', [...(devices.get(series ?? '') ?? []), shown])
  }
  for (const moments of devices.values()) yield* byMoments(moments)
}

/** Queues of one disk side by side; a queue that comes again is of the next moment. */
function* byMoments(moments: readonly Moment[]): Generator<Snapshot> {
  let snapshot: Moment[] = []
  for (const moment of moments) {
    if (snapshot.some(({ queue }) => queue === moment.queue)) {
      yield snapshot
      snapshot = []
    }
    snapshot.push(moment)
  }
  if (snapshot.length > 0) yield snapshot
}

function sourceOf(file: string, { device, handle, queue, lines }: Testimony): string {
  const of = device ?? (handle === undefined ? undefined : `vdevice ${handle}`)
  return [`${file}:${lines[0]}`, of, queue === undefined ? undefined : `queue ${queue}`]
    .filter((part) => part !== undefined)
    .join(', ')
}

function words({ shared }: Testimony): string {
  return SHARED_INDICES.map((key) => `${key} ${shared[key] ?? '?'}`).join(', ')
}

interface OfRing {
  readonly moment: Moment
  /** Where the ring lies in the memory that it was dumped from. */
  readonly address: bigint | undefined
}

function* ofRings(input: Input, options: MomentOptions): Generator<readonly OfRing[]> {
  const { name, path } = input
  const series = seriesOf(path)
  for (const { dumps } of input.moments()) {
    for (const { source, findings } of dumps)
      for (const { code, message } of findings)
        if (code === 'text-bytes-missing' || code === 'snapshot-cut') options.onNote(`${displayName(source, name)}: ${message}`)
    yield dumps.flatMap((dump) => {
      const moment = orReport(options, () => ofRing(dump, name, options))
      // Each ring of an image is another one.
      const own = input.isImage ? `${series}: ${dump.source}` : series
      return moment ? [{ moment: { ...moment, series: own, printed: dump.origin !== undefined }, address: dump.address }] : []
    })
  }
}

/** @returns undefined where indices are missing, and somebody takes such rings */
function ofRing(capture: Capture, input: string, { abi, sectorUnit, onCapture, onUnjudged }: MomentOptions): Moment | undefined {
  const source = displayName(capture.source, input)
  const decoded = decodeCapture(capture, abi, sectorUnit)
  const { indices } = decoded.ring.missing
  if (onUnjudged && indices.length > 0) {
    onUnjudged({ source, capture }, `${indices.join(', ')} not in the input`)
    return undefined
  }
  const moment = momentOf(decoded)
  onCapture?.(moment.shown!, capture)
  return { ...moment, source }
}
