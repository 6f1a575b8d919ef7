// What prints say of rings, put together: two prints of one ring are of one moment, unless they contradict each other.
import {
  type PageIndices,
  PRIVATE_INDICES,
  type PrivateIndices,
  SHARED_INDICES,
  type ShadowEntry,
  STRUCTS,
  type Testimony,
} from '../capture/testimony.ts'

import { pagesOfSlots } from './slots.ts'

/** More entries of a shadow than the largest ring has slots. */
export const MAX_SHADOW = 1024

export type KnownIndex = (typeof SHARED_INDICES)[number] | (typeof PRIVATE_INDICES)[number]

const NAMES = new Set<string>([...SHARED_INDICES, ...PRIVATE_INDICES])

export function isIndexName(name: string): name is KnownIndex {
  return NAMES.has(name)
}

/** What was said of one ring at one moment. */
export interface Facts {
  readonly indices: Map<KnownIndex, number>
  nr_ents: number | undefined
  evtchn: number | undefined
  /** Of the frontend's interrupt, and of the backend's. */
  irq: number | undefined
  backendIrq: number | undefined
  ringRefs: readonly number[] | undefined
  inflight: number | undefined
  readonly shadow: Map<number, ShadowEntry>
  /** Requests that the backend works on: operations by ids. */
  readonly pending: Map<bigint, number | undefined>
  /** Bytes of slots, by their numbers. */
  readonly slots: Map<number, Uint8Array>
  lines: [number, number] | undefined
}

function nothing(): Facts {
  return {
    indices: new Map(),
    nr_ents: undefined,
    evtchn: undefined,
    irq: undefined,
    backendIrq: undefined,
    ringRefs: undefined,
    inflight: undefined,
    shadow: new Map(),
    pending: new Map(),
    slots: new Map(),
    lines: undefined,
  }
}

/** One ring of a text, at the moments that its prints are of. */
export class RingRecord {
  /** Where its parts lie, by `sring` and the like. */
  readonly places = new Map<string, bigint>()
  /** What it is called in its text's records. */
  readonly keys = new Set<string>()
  readonly past: Facts[] = []
  facts: Facts = nothing()
  /** What its prints call it. */
  name: string | undefined

  /** An index. One that was another before is of a later moment. */
  index(name: KnownIndex, value: bigint): void {
    const index = Number(BigInt.asUintN(32, value))
    const known = this.facts.indices.get(name)
    if (known !== undefined && known !== index) {
      const { nr_ents, evtchn, irq, backendIrq, ringRefs } = this.facts
      this.past.push(this.facts)
      this.facts = { ...nothing(), nr_ents, evtchn, irq, backendIrq, ringRefs }
    }
    this.facts.indices.set(name, index)
  }

  /** The lines that say so. */
  saw(first: number, last: number): void {
    const [from, to] = this.facts.lines ?? [first, last]
    this.facts.lines = [Math.min(from, first), Math.max(to, last)]
  }

  /** Nothing is known of it. */
  get isEmpty(): boolean {
    return this.past.length === 0 && isNothing(this.facts)
  }

  get moments(): Facts[] {
    return [...this.past, this.facts].filter((facts) => !isNothing(facts))
  }

  /** Takes over what another says, which turned out to be of this ring. */
  take(other: RingRecord): void {
    for (const [place, address] of other.places) if (!this.places.has(place)) this.places.set(place, address)
    for (const facts of other.moments) {
      for (const [name, value] of facts.indices) this.index(name, BigInt(value))
      const own = this.facts
      own.nr_ents ??= facts.nr_ents
      own.evtchn ??= facts.evtchn
      own.irq ??= facts.irq
      own.backendIrq ??= facts.backendIrq
      own.ringRefs ??= facts.ringRefs
      own.inflight ??= facts.inflight
      for (const [id, entry] of facts.shadow) own.shadow.set(id, entry)
      for (const [slot, bytes] of facts.slots) own.slots.set(slot, bytes)
      for (const [id, operation] of facts.pending) own.pending.set(id, operation ?? own.pending.get(id))
      if (facts.lines) this.saw(...facts.lines)
    }
  }
}

function isNothing({ indices, nr_ents, evtchn, ringRefs, inflight, shadow, pending, slots }: Facts): boolean {
  return (
    indices.size + shadow.size + pending.size + slots.size === 0 &&
    nr_ents === undefined &&
    evtchn === undefined &&
    ringRefs === undefined &&
    inflight === undefined
  )
}

/** The rings of a text by what their parts are called: addresses, and the variables of the session. */
export class Records {
  readonly all = new Set<RingRecord>()
  readonly #byKey = new Map<string, RingRecord>()
  /** The ring that was spoken of last. */
  current: RingRecord | undefined

  get(key: string): RingRecord | undefined {
    return this.#byKey.get(key)
  }

  set(key: string, record: RingRecord): void {
    this.#byKey.get(key)?.keys.delete(key)
    this.#byKey.set(key, record)
    record.keys.add(key)
  }

  forget(key: string): void {
    this.#byKey.get(key)?.keys.delete(key)
    this.#byKey.delete(key)
  }

  /**
   * The record that keys belong to, a new one where none of them is known.
   * @param addresses keys of addresses, which never change what they mean
   * @param variable the key of a variable, which may have been set to another
   */
  of(addresses: readonly string[], variable: string | undefined): RingRecord {
    const known = addresses.flatMap((key) => this.#byKey.get(key) ?? [])
    const named = variable === undefined ? undefined : this.#byKey.get(variable)
    const isFree = named !== undefined && (addresses.length === 0 || !contradicts(named, addresses))
    const record = known[0] ?? (isFree ? named : undefined) ?? this.#begin()
    for (const other of new Set([...known, ...(isFree && named ? [named] : [])])) if (other !== record) this.#merge(record, other)
    for (const key of addresses) {
      this.set(key, record)
      const [place, address] = key.split(':') as [string, string]
      if (!record.places.has(place)) record.places.set(place, BigInt(`0x${address}`))
    }
    if (variable !== undefined) this.set(variable, record)
    this.current = record
    return record
  }

  #begin(): RingRecord {
    const record = new RingRecord()
    this.all.add(record)
    return record
  }

  #merge(into: RingRecord, other: RingRecord): void {
    into.take(other)
    this.all.delete(other)
    for (const key of [...other.keys]) this.set(key, into)
  }
}

function contradicts(record: RingRecord, keys: readonly string[]): boolean {
  return keys.some((key) => {
    const [place, address] = key.split(':') as [string, string]
    const own = record.places.get(place)
    return own !== undefined && own !== BigInt(`0x${address}`)
  })
}

/** One moment of a ring, as it is handed on. */
export function testimonyOf(record: RingRecord, facts: Facts, more: Pick<Testimony, 'handle' | 'queue'>): Testimony {
  const { nr_ents, ringRefs, evtchn, irq, backendIrq, shadow, pending, inflight, lines } = facts
  const pick = (names: readonly KnownIndex[]) =>
    Object.fromEntries(names.flatMap((name) => (facts.indices.has(name) ? [[name, facts.indices.get(name)!]] : [])))
  const entries = new Map([...shadow].filter(([id]) => id < (nr_ents ?? MAX_SHADOW)))
  const isWhole = nr_ents !== undefined && entries.size === nr_ents
  return {
    ...more,
    form: STRUCTS,
    lines: lines ?? [0, 0],
    nr_ents,
    shared: pick(SHARED_INDICES) as PageIndices,
    known: pick(PRIVATE_INDICES) as PrivateIndices,
    ringRefs,
    evtchn,
    irq,
    backendIrq,
    places: [...record.places].flatMap(([place, address]) => (place === 'info' ? [] : [`${place}:${address.toString(16)}`])),
    address: record.places.get('sring'),
    shadow: entries.size > 0 ? { entries, isWhole } : undefined,
    pending: pending.size > 0 ? pending : undefined,
    page: nr_ents === undefined || facts.slots.size === 0 ? undefined : pagesOfSlots(nr_ents, facts.slots),
    inflight,
  }
}
