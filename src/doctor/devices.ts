// Moments as they come, of one queue or many, sorted into the rings that they are of.

import type { PrivateIndices } from '../capture/testimony.ts'
import { askedAgain } from '../codec/ring/asked-again.ts'
import { type Replacement, replacedBy } from '../codec/ring/replaced.ts'
import type { Extracted } from '../image/index.ts'
import { offeredSegments } from '../xenstore/segments.ts'
import { History, type RingReplaced } from './history.ts'
import type { Moment, PartOfMoment } from './moment.ts'
import { isOneMoment, isPartOf, joinedMoments, withPart } from './one-moment.ts'
import { breakBetween, type Tie, tieBetween } from './same-ring.ts'

/** One device: the history of each of its queues, in their order. */
export interface DeviceHistory {
  readonly queues: readonly History[]
}

/** What was put together so far of one device. */
interface Group {
  readonly histories: Map<number | undefined, History>
  /** The last moment of each queue, which may still be said more of. */
  held: readonly Held[]
  /** Where its rings were taken out of memory images: by the image, the places in it. */
  readonly images: Map<string, Set<string>>
  /** What its last moment is called. */
  last: string
}

interface Held {
  readonly moment: Moment
  /** Where it is the first of a ring that replaced another. */
  readonly replaced?: RingReplaced | undefined
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
  #latest: Group | undefined
  readonly #apart: boolean

  /** @param apart it is said how far moments are apart: then no two inputs are prints of one */
  constructor(apart = false) {
    this.#apart = apart
  }

  /** The next snapshot: one moment, or that of each of a device's queues. Two prints of one moment are one moment. */
  add(snapshot: Moment | readonly Moment[]): void {
    const moments = 'source' in snapshot ? [snapshot] : snapshot
    if (!this.#join(moments)) this.#take(moments)
  }

  /**
   * Puts what is known of a part of a ring to the only ring at whose last moment it can have been so; false where there is none, or
   * more than one.
   */
  addPart(part: PartOfMoment): boolean {
    const places = this.#groups.flatMap((group) =>
      group.held.flatMap((held) => (isPartOf(part, held.moment) ? [{ group, held }] : [])),
    )
    const [only] = places
    if (!only || places.length > 1) return false
    const { group, held } = only
    group.held = group.held.map((one) => (one === held ? { ...one, moment: withPart(one.moment, part) } : one))
    return true
  }

  /** @param known private indices at the last moment, beside those that it has itself */
  finish(known: PrivateIndices = {}): DeviceHistory[] {
    const latest = this.#latest
    if (latest)
      latest.held = latest.held.map((held) => ({ ...held, moment: { ...held.moment, known: { ...held.moment.known, ...known } } }))
    return this.#groups.map((group) => {
      settle(group)
      return { queues: [...group.histories.entries()].sort(([a], [b]) => (a ?? -1) - (b ?? -1)).map(([, history]) => history) }
    })
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

  /** Puts a moment to the print of the same moment that came before; false where there is none. */
  #join(snapshot: readonly Moment[]): boolean {
    const [moment, ...others] = snapshot
    if (!moment || others.length > 0 || this.#apart) return false
    for (const group of this.#groups.slice(-MAX_CANDIDATES).reverse()) {
      const same = group.held.find((held) => isOneMoment(held.moment, moment))
      if (!same) continue
      const joined = joinedMoments(same.moment, moment)
      group.held = group.held.map((held) => (held === same ? { ...held, moment: joined } : held))
      group.last = joined.source
      this.#latest = group
      for (const { extracted } of snapshot) if (extracted) this.#noteImage(group, extracted)
      return true
    }
    return false
  }

  #take(snapshot: readonly Moment[]): void {
    const [first] = snapshot
    if (!first) return
    const series = first.series ?? ''
    const known = this.#series.get(series)
    const anew = known !== undefined && isReplaced(known, snapshot)
    const group = anew ? known : known ? this.#following(known, snapshot) : this.#borneOut(snapshot)
    this.#series.set(series, group)
    if (anew) replaceRings(group, snapshot)
    else addTo(group, snapshot)
    for (const { extracted } of snapshot) if (extracted) this.#noteImage(group, extracted)
    group.last = first.source
    this.#latest = group
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
    const group: Group = { histories: new Map(), held: [], images: new Map(), last: first!.source }
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

/** A text calls them different rings. */
function isOfOneText({ histories, held }: Group, { within }: Moment): boolean {
  const moments = [...[...histories.values()].map(({ last }) => last), ...held.map(({ moment }) => moment)]
  return within !== undefined && moments.some((moment) => moment.within === within)
}

function addTo(group: Group, snapshot: readonly Moment[]): void {
  settle(group)
  group.held = snapshot.map((moment) => ({ moment }))
}

/** Of what is held nothing more is said. */
function settle(group: Group): void {
  const { histories, held } = group
  group.held = []
  for (const { moment, replaced } of held) {
    const history = replaced ? undefined : histories.get(moment.queue)
    if (history) history.add(moment)
    else histories.set(moment.queue, new History(moment, replaced))
  }
}

/** The last moment of a queue. */
function lastOf({ histories, held }: Group, queue: number | undefined): Moment | undefined {
  return held.find(({ moment }) => moment.queue === queue)?.moment ?? histories.get(queue)?.last
}

/** A device that was connected anew has new rings, also those that show nothing of it, and perhaps fewer. */
function replaceRings(group: Group, snapshot: readonly Moment[]): void {
  settle(group)
  const { histories, last } = group
  const old = new Map(histories)
  const ties = snapshot.map((moment) => replacementOf(old.get(moment.queue)?.last, moment)?.why)
  const why = ties.find((tie) => tie !== undefined) ?? ''
  histories.clear()
  group.held = snapshot.map((moment, i) => ({
    moment,
    replaced: redoneOf(old.get(moment.queue), moment, snapshot, ties[i] ?? why, last),
  }))
}

/** Whether a ring of the snapshot is a new one. */
function isReplaced(group: Group, snapshot: readonly Moment[]): boolean {
  return snapshot.some((moment) => replacementOf(lastOf(group, moment.queue), moment) !== undefined)
}

function replacementOf(last: Moment | undefined, moment: Moment): Replacement | undefined {
  return last && replacedBy(last, moment)
}

function redoneOf(history: History | undefined, moment: Moment, all: readonly Moment[], why: string, before: string): RingReplaced {
  const then = history?.last.shown
  const now = all.flatMap(({ shown, queue }) => (shown ? [{ ring: shown.ring, queue }] : []))
  const redone = then && now.length === all.length ? askedAgain(then.ring, now, offeredSegments(moment.xenstore)) : undefined
  const moments = history ? history.total + (history.replaced?.moments ?? 0) : 0
  return { why, before: history?.last.source ?? before, after: moment.source, moments, redone }
}

/** Why the snapshot cannot follow in the group, in one phrase. */
function breakOf(group: Group, snapshot: readonly Moment[]): string | undefined {
  for (const moment of snapshot) {
    const last = lastOf(group, moment.queue)
    const broken = last && breakBetween(last, moment)
    if (broken !== undefined) return broken
  }
  return undefined
}

function tiesOf(group: Group, snapshot: readonly Moment[]): Tie[] {
  return snapshot.flatMap((moment) => {
    const last = lastOf(group, moment.queue)
    return (last && tieBetween(last, moment)) ?? []
  })
}
