// Moments as they come, of one queue or many, sorted into the rings that they are of.

import type { PrivateIndices } from '../capture/testimony.ts'
import { askedAgain } from '../codec/ring/asked-again.ts'
import { type Replacement, replacedBy } from '../codec/ring/replaced.ts'
import type { Extracted } from '../image/index.ts'
import { offeredSegments } from '../xenstore/segments.ts'
import { History, type RingReplaced } from './history.ts'
import type { Moment, PartOfMoment } from './moment.ts'
import { isOnePrint, isTied } from './one-moment.ts'
import { breakBetween, type Tie, tieBetween } from './same-ring.ts'
import { fits } from './testimonies.ts'

/** One device: the history of each of its queues, in their order. */
export interface DeviceHistory {
  readonly queues: readonly History[]
}

/**
 * A moment, the history that it is the last of so far, and where it is the first of a new ring those of the rings that came before
 * it: of its queue, and of queues that the device has no more.
 */
export type OnPlaced = (moment: Moment, history: History, replaced: readonly History[]) => void

/** What was put together so far of one device. */
interface Group {
  readonly histories: Map<number | undefined, History>
  /** Where its rings were taken out of memory images: by the image, the places in it. */
  readonly images: Map<string, Set<string>>
  /** What its last moment is called. */
  last: string
}

/** Each says that one input was not put to others; what stands behind more of them is the same. */
const MAX_NOTES = 6
/** Devices that an input is held against, the latest: all against all would take the square of their number. */
const MAX_CANDIDATES = 128

/**
 * Snapshots of a series (`Moment.series`) are moments of one device by their names, unless something speaks against it; of a ring
 * that was replaced, the history goes on with the new one. Others
 * are put together only where something bears it out: rings that have nothing to do with each other are judged each alone.
 */
export class Devices {
  readonly #groups: Group[] = []
  readonly #series = new Map<string, Group>()
  readonly #notes: string[] = []
  /** Rings that were taken out of one image, by its name. */
  readonly #images = new Map<string, number>()
  /** A note has said how moments are told by their names. */
  #cured = false
  #held: readonly Moment[] = []
  readonly #apart: boolean
  readonly #onPlaced: OnPlaced
  readonly #parts: PartOfMoment[] = []

  /**
   * @param apart it is said how far moments are apart: then no two prints are of one
   * @param onPlaced is told of each moment and the history that it was put to, in their order
   */
  constructor(apart = false, onPlaced: OnPlaced = () => {}) {
    this.#apart = apart
    this.#onPlaced = onPlaced
  }

  /** The next snapshot: one moment, or that of each of a device's queues. */
  add(snapshot: Moment | readonly Moment[]): void {
    this.#take()
    this.#held = 'source' in snapshot ? [snapshot] : snapshot
  }

  /** What is known of a ring of which the page's indices are not all there: of the only moment that it fits, if there is one. */
  addPart(part: PartOfMoment): void {
    this.#parts.push(part)
  }

  /** What was put to no moment. Known once all are in. */
  get parts(): readonly PartOfMoment[] {
    return this.#parts
  }

  /** @param known private indices at the last moment, beside those that it has itself */
  finish(known: PrivateIndices = {}): DeviceHistory[] {
    this.#held = this.#held.map((moment) => ({ ...moment, known: { ...moment.known, ...known } }))
    this.#take()
    this.#placeParts()
    return this.#groups.map(({ histories }) => ({
      queues: [...histories.entries()].sort(([a], [b]) => (a ?? -1) - (b ?? -1)).map(([, history]) => history),
    }))
  }

  /** What was not put together, and why, one line each. */
  get notes(): readonly string[] {
    const more = this.#notes.length - MAX_NOTES
    const images = [...this.#images].filter(([, rings]) => rings > 1)
    return [
      ...images.map(
        ([image, rings]) =>
          `${rings} rings of one memory image, ${image}, are rings of as many disks or queues: each is judged on its own`,
      ),
      ...this.#notes.slice(0, MAX_NOTES),
      ...(more > 0 ? [`${more} more inputs, for reasons like these`] : []),
    ]
  }

  #take(): void {
    const snapshot = this.#held
    this.#held = []
    this.#takeNew(snapshot.filter((moment) => !this.#joined(moment)))
  }

  #takeNew(snapshot: readonly Moment[]): void {
    const [first] = snapshot
    if (!first) return
    const series = first.series ?? ''
    const known = this.#series.get(series)
    const anew = known !== undefined && isReplaced(known, snapshot)
    const group = anew ? known : known ? this.#following(known, snapshot) : this.#borneOut(snapshot)
    this.#series.set(series, group)
    const replaced = anew ? replaceRings(group, snapshot) : new Map<Moment, readonly History[]>()
    if (!anew) addTo(group, snapshot)
    for (const moment of snapshot) this.#onPlaced(moment, group.histories.get(moment.queue)!, replaced.get(moment) ?? [])
    for (const { extracted } of snapshot) if (extracted) this.#noteImage(group, extracted)
    group.last = first.source
  }

  /** A core's print of a moment that is there already, or the page of one that is. */
  #joined(moment: Moment): boolean {
    for (const { histories } of this.#groups.slice(-MAX_CANDIDATES).reverse())
      for (const history of histories.values())
        if (isSameCore(history.last, moment)) {
          history.join(moment)
          return true
        } else if (!this.#apart && isOnePrint(history.last, moment)) {
          history.joinPrint(moment)
          return true
        }
    return false
  }

  #placeParts(): void {
    const histories = this.#groups.flatMap((group) => [...group.histories.values()])
    if (this.#parts.length > MAX_CANDIDATES || histories.length > MAX_CANDIDATES) return
    // What was put to a ring says where more of its structs lie.
    for (let round = 0; round < 2; round++)
      for (const part of this.#parts.splice(0)) {
        const fitting = histories.filter(({ last }) => fits(part, last))
        const [only, ...others] = fitting.length > 1 ? fitting.filter(({ last }) => isTied(part, last)) : fitting
        if (only && others.length === 0) only.join(part)
        else this.#parts.push(part)
      }
  }

  /** The group of the series that it is of, or a new one where it cannot follow. */
  #following(group: Group, snapshot: readonly Moment[]): Group {
    const broken = breakOf(group, snapshot)
    return broken === undefined ? group : this.#alone(snapshot, group, broken)
  }

  /** The group that something ties it to, the latest first; a new one where there is none. */
  #borneOut(snapshot: readonly Moment[]): Group {
    const previous = this.#groups.at(-1)
    for (const group of this.#groups.slice(-MAX_CANDIDATES).reverse()) {
      if (isOfOneImage(group, snapshot) || breakOf(group, snapshot) !== undefined) continue
      const ties = tiesOf(group, snapshot)
      const [tie] = ties
      if (!tie) continue
      if (ties.every(({ unseen }) => unseen))
        this.#notes.push(`${snapshot[0]!.source} is taken for a later moment of ${group.last}: ${tie.why}`)
      return group
    }
    return this.#alone(snapshot, previous, previous && breakOf(previous, snapshot))
  }

  #alone(snapshot: readonly Moment[], before: Group | undefined, broken: string | undefined): Group {
    const [first] = snapshot
    const group: Group = { histories: new Map(), images: new Map(), last: first!.source }
    this.#groups.push(group)
    if (before && !isOfOneImage(before, snapshot) && !isOfOneText(before, first!))
      this.#notes.push(this.#noteOf(first!, before.last, broken))
    return group
  }

  #noteOf({ source, shown }: Moment, last: string, broken: string | undefined): string {
    if (broken !== undefined) return `${source} does not follow ${last}: ${broken}; each is judged on its own`
    const cure = this.#cured
      ? ''
      : shown
        ? ' (files ring-000.bin, ring-001.bin in one folder are moments of one ring by their names)'
        : ' (copies of an io_ring in folders that are called vbd3-DOMID-DEVID, as its own, are of one ring by their names)'
    this.#cured = true
    return `${source} is not taken for a later moment of ${last}: they have too little in common that would bear it out${shown ? ', in slots or in XenStore' : ''}; each is judged on its own${cure}`
  }

  #noteImage({ images }: Group, { image, place }: Extracted): void {
    const places = images.get(image) ?? new Set()
    images.set(image, places)
    if (!places.has(place)) this.#images.set(image, (this.#images.get(image) ?? 0) + 1)
    places.add(place)
  }
}

/** Both were taken out of one image, from other places in it: an image is one moment, and its rings are others. */
function isOfOneImage({ images }: Group, snapshot: readonly Moment[]): boolean {
  return snapshot.some(({ extracted }) => {
    const places = extracted && images.get(extracted.image)
    return places !== undefined && !places.has(extracted!.place)
  })
}

/** One of them shows the page, the other is a core's print with the same indices: two prints of one moment are one moment. */
function isSameCore(before: Moment, after: Moment): boolean {
  if ((before.shown === undefined) === (after.shown === undefined)) return false
  if (!(before.ofCore || after.ofCore) || (before.within !== undefined && before.within === after.within)) return false
  return breakBetween(before, after) === undefined && fits({ ...after, queue: after.queue ?? before.queue }, before)
}

/** A text calls them different rings. */
function isOfOneText({ histories }: Group, { within }: Moment): boolean {
  return within !== undefined && [...histories.values()].some(({ last }) => last.within === within)
}

function addTo({ histories }: Group, snapshot: readonly Moment[]): void {
  for (const moment of snapshot) {
    const history = histories.get(moment.queue)
    if (history) history.add(moment)
    else histories.set(moment.queue, new History(moment))
  }
}

/**
 * A device that was connected anew has new rings, also those that show nothing of it, and perhaps fewer.
 * @returns what each moment's ring came in the place of; the first also of queues that are no more
 */
function replaceRings({ histories, last }: Group, snapshot: readonly Moment[]): ReadonlyMap<Moment, readonly History[]> {
  const old = new Map(histories)
  const ties = snapshot.map((moment) => replacementOf(old.get(moment.queue), moment)?.why)
  const why = ties.find((tie) => tie !== undefined) ?? ''
  histories.clear()
  for (const [i, moment] of snapshot.entries())
    histories.set(moment.queue, new History(moment, redoneOf(old.get(moment.queue), moment, snapshot, ties[i] ?? why, last)))
  return new Map(
    snapshot.map((moment, i) => [
      moment,
      [...old].flatMap(([queue, history]) => (queue === moment.queue || (i === 0 && !histories.has(queue)) ? [history] : [])),
    ]),
  )
}

/** Whether a ring of the snapshot is a new one. */
function isReplaced({ histories }: Group, snapshot: readonly Moment[]): boolean {
  return snapshot.some((moment) => replacementOf(histories.get(moment.queue), moment) !== undefined)
}

function replacementOf(history: History | undefined, moment: Moment): Replacement | undefined {
  return history && replacedBy(history.last, moment)
}

function redoneOf(history: History | undefined, moment: Moment, all: readonly Moment[], why: string, before: string): RingReplaced {
  const then = history?.last.shown
  const now = all.flatMap(({ shown, queue }) => (shown ? [{ ring: shown.ring, queue }] : []))
  const redone = then && now.length === all.length ? askedAgain(then.ring, now, offeredSegments(moment.xenstore)) : undefined
  const moments = history ? history.total + (history.replaced?.moments ?? 0) : 0
  return { why, before: history?.last.source ?? before, after: moment.source, moments, redone }
}

/** Why the snapshot cannot follow in the group, in one phrase. */
function breakOf({ histories }: Group, snapshot: readonly Moment[]): string | undefined {
  for (const moment of snapshot) {
    const history = histories.get(moment.queue)
    const broken = history && breakBetween(history.last, moment)
    if (broken !== undefined) return broken
  }
  return undefined
}

function tiesOf({ histories }: Group, snapshot: readonly Moment[]): Tie[] {
  return snapshot.flatMap((moment) => {
    const history = histories.get(moment.queue)
    return (history && tieBetween(history.last, moment)) ?? []
  })
}
