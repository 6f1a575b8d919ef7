// What a Linux driver writes for the I/O of a ring: a scenario of it, with the ring's own names, and where it has to differ.
import { chunksPerPage } from '../../blkfront/driver-model.ts'
import { type DriverName, GREFS_PER_FRAME, type ScenarioConfig } from '../../blkfront/index.ts'
import { grantsWanted } from '../../blkfront/segments.ts'
import type { Ring } from '../../codec/ring/ring.ts'
import { advance } from '../../codec/ring/ring-idx.ts'
import { count } from '../../codec/struct/count.ts'
import { GNTTAB_NR_RESERVED_ENTRIES } from '../../codec/xen/grant-table.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import { type PlainScenario, ScenarioError, scriptOf } from '../file/index.ts'
import { type ExplainedRequest, explainRequest, Player, queueDepth } from '../player/index.ts'
import { StepMaker } from './as-scenario.ts'
import { asksLaterThanLinux, heldOf } from './held.ts'
import { freeListOf, Names } from './names.ts'
import { ioOfRing, joinHalves, type LeftOut, type RingIo } from './ring-io.ts'
import type { RingToEmit } from './ring-to-emit.ts'
import { type AskedTerms, type RingTerms, termsOfRing } from './terms.ts'
import { tellOfPairs } from './two-slots.ts'
import { type Otherwise, type Renamed, wordsOn } from './words.ts'

/** What a Linux driver writes for the I/O of a ring. */
export interface LinuxRing {
  readonly driver: DriverName
  readonly terms: RingTerms
  /** Plays to the ring that the driver writes. */
  readonly plain: PlainScenario
  /** Requests of the ring that it was asked for. */
  readonly requests: number
  /** What nobody can say, or the driver never sends. */
  readonly leftOut: readonly LeftOut[]
  readonly answered: number
  readonly otherwise: readonly Otherwise[]
}

interface Accepted {
  readonly io: RingIo
  readonly step: Readonly<Record<string, unknown>>
}

/** @throws ScenarioError where the driver cannot connect, or takes none of the terms */
export function linuxRing(ring: RingToEmit, driver: DriverName, asked: AskedTerms): LinuxRing {
  const read = ioOfRing(ring.ring, ring.bytes)
  const whole = joinHalves(read.io)
  const pairs = tellOfPairs(whole, ring.ring, ring.mayHaveLargePages, asked)
  const io = pairs === 'two-slots' ? whole : read.io
  const terms = termsOfRing(io, pairs, ring.xenstore, driver, asked)
  const base = baseOf(ring.ring, driver, terms, asked)
  const maker = new StepMaker(terms.page_size.value)
  const { accepted, refused, grants } = accept(io, base, terms, maker, ring.ring.geometry.nr_ents)
  const emitted = emittedBy({ ...base, ...identity(grants), steps: accepted.map(({ step }) => step) })
  const { names, otherwise } = named(accepted, emitted, ring, maker, grants, terms)
  const without = { ...base, ...names, steps: accepted.map(({ step }) => step) }
  const held = heldOf(without, ring)
  const plain = { ...without, ...(held.length > 0 ? { held } : {}) }
  return {
    driver,
    terms,
    plain: orderOf(plain),
    requests: accepted.length,
    leftOut: [...read.leftOut, ...refused],
    answered: read.answered,
    otherwise: [...headerOtherwise(ring.ring), ...otherwise],
  }
}

/** What the driver writes otherwise in the ring's header. */
function headerOtherwise(ring: Ring): Otherwise[] {
  if (!asksLaterThanLinux(ring)) return []
  const { rsp_event, rsp_prod } = ring.sring
  return [
    { slots: [], request: `rsp_event ${rsp_event}`, linux: `${advance(rsp_prod, 1)}: it asks for an event at the next response` },
  ]
}

/** Steps stand last, as in a file. */
function orderOf({ steps, ...rest }: PlainScenario): PlainScenario {
  return { ...rest, steps }
}

function baseOf({ geometry, sring }: Ring, driver: DriverName, terms: RingTerms, { bounce }: AskedTerms): PlainScenario {
  const { page_size, handle, persistent, max_indirect_segments, flush, barrier, discard, secure_discard } = terms
  return {
    driver,
    abi: geometry.abi.name,
    page_size: page_size.value,
    ring_pages: geometry.pages,
    features: {
      persistent: persistent.value,
      max_indirect_segments: max_indirect_segments.value,
      flush: flush.value,
      barrier: barrier.value,
      discard: discard.value,
      secure_discard: discard.value && secure_discard.value,
      ...(bounce ? { bounce } : {}),
    },
    handle: handle.value,
    ...(sring.rsp_prod === 0 ? {} : { start_index: sring.rsp_prod }),
    final_push: true,
  }
}

/** Asks of each request alone whether the driver sends it, and whether there is still room for it. */
function accept(io: readonly RingIo[], base: PlainScenario, terms: RingTerms, maker: StepMaker, nr_ents: number) {
  const { config } = scriptOf({ ...base, steps: [] })
  const accepted: Accepted[] = []
  const refused: LeftOut[] = []
  let room = queueDepth({ config }, nr_ents)
  let grants = config.ringPages
  for (const each of io) {
    const step = maker.step(each, terms)
    const sent = sentFor(step, base, each, config)
    if (typeof sent === 'string') refused.push({ slot: each.slots[0]!, reason: sent })
    else if (sent.requests > room)
      refused.push({
        slot: each.slots[0]!,
        reason: `${count(sent.requests, 'request')} of Linux, and ${room} fit in what is left of the ring`,
      })
    else {
      room -= sent.requests
      grants += sent.grants
      accepted.push({ io: each, step })
    }
  }
  return { accepted, refused, grants }
}

/** How many requests the driver makes of a step, and how many references it reserves for them; or why it sends none. */
function sentFor(
  step: object,
  base: PlainScenario,
  { op, pieces }: RingIo,
  config: ScenarioConfig,
): { requests: number; grants: number } | string {
  if (op.endsWith('discard') && !config.featureDiscard) return 'Linux sends no discard: the backend offers none'
  if ((op === 'flush' || op === 'barrier') && !config.featureFlush) return 'Linux sends no flush: the backend offers none'
  // Where a backend takes flushes, the block layer is told of no FUA (blkfront: feature_fua is feature-barrier's alone).
  if ((op === 'flush' || op === 'barrier') && !config.featureFua && pieces.length > 0)
    return 'Linux sends no data with a flush: it writes, and flushes behind the write'
  try {
    const { steps } = scriptOf({ ...base, steps: [step], final_push: false })
    let [requests, grants] = [0, 0]
    for (const made of steps) {
      if (made.type !== 'submit') continue
      requests++
      grants += grantsWanted(made.request.segments.length, chunksPerPage(config.pageSize))
    }
    return { requests, grants }
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    return `Linux never sends it: ${error.message.slice(error.path.length + 2)}`
  }
}

/** A free list in which a reference tells its place: 8 is the first. */
function identity(grants: number): PlainScenario {
  const frames = Math.ceil((GNTTAB_NR_RESERVED_ENTRIES + grants + 1) / GREFS_PER_FRAME)
  return { first_gref: GNTTAB_NR_RESERVED_ENTRIES, grant_frames: frames }
}

/** What the driver made of each step, by its number. */
function emittedBy(plain: PlainScenario): ReadonlyMap<number, ExplainedRequest[]> {
  const player = new Player(scriptOf(plain))
  const emitted = new Map<number, ExplainedRequest[]>()
  for (const played of player.play()) {
    if (played.type !== 'step' || played.outcome.type !== 'submit') continue
    const step = Number(/\d+/.exec(played.path)![0])
    emitted.set(step, [...(emitted.get(step) ?? []), explainRequest(player.emulator, played.outcome, played.idle)])
  }
  const { fatal } = player.emulator.frontend
  if (fatal) throw new ScenarioError('', `the ${String(plain['driver'])} driver dies: ${fatal.reason}`)
  return emitted
}

/** Lists of free references and ids from which the driver takes the ring's own, and what it does otherwise than the ring. */
function named(
  accepted: readonly Accepted[],
  emitted: ReadonlyMap<number, readonly ExplainedRequest[]>,
  { ring, ringGrefs, names: all }: RingToEmit,
  maker: StepMaker,
  grants: number,
  terms: RingTerms,
): { readonly names: PlainScenario; readonly otherwise: Otherwise[] } {
  const { nr_ents } = ring.geometry
  const grefs = Names.grefs(all.grefs)
  const ids = Names.ids(nr_ents, all.ids)
  const places: number[] = []
  const freeIds: number[] = []
  const otherwise: Otherwise[] = []
  for (const { io } of accepted) {
    if (io.answered) continue
    for (const id of io.ids) ids.leave(Number(id))
    for (const gref of [...io.indirectGrefs, ...io.pieces.map((piece) => piece.gref)]) grefs.leave(gref)
  }
  for (let page = 0; page < ring.geometry.pages; page++) places[page] = grefs.take(ringGrefs[page])
  for (const [i, { io }] of accepted.entries()) {
    const [freshIds, freshGrefs]: [Renamed[], Renamed[]] = [[], []]
    const [ownIds, ownPages] = [[...io.ids], [...io.indirectGrefs]]
    const take = (names: Names, wanted: number | bigint | undefined, fresh: Renamed[]) => {
      const name = names.take(wanted === undefined ? undefined : Number(wanted), io.answered)
      if (wanted === undefined || BigInt(name) !== BigInt(wanted)) fresh.push({ wanted, name })
      return name
    }
    const made = emitted.get(i) ?? []
    for (const request of made) {
      for (const _ of request.ids) freeIds.push(take(ids, ownIds.shift(), freshIds))
      for (const { gref } of request.indirectGrefs)
        places[gref - GNTTAB_NR_RESERVED_ENTRIES] = take(grefs, ownPages.shift(), freshGrefs)
      let k = 0
      for (const [page, offset, length] of request.request.segments)
        for (let at = offset; at < offset + length; at = at - (at % XEN_PAGE_SIZE) + XEN_PAGE_SIZE)
          places[request.grants[k++]!.gref - GNTTAB_NR_RESERVED_ENTRIES] = take(grefs, maker.grefOf(page, at), freshGrefs)
    }
    const words = wordsOn(io, made, { ids: freshIds, grefs: freshGrefs }, terms)
    if (words) otherwise.push(words)
  }
  // What is counted on and not used.
  for (let place = 0; place < places.length; place++) places[place] ??= grefs.take(undefined)
  while (places.length < grants) places.push(grefs.take(undefined))
  const frames = Math.ceil((places.reduce((most, gref) => Math.max(most, gref), 0) + 1) / GREFS_PER_FRAME)
  return {
    names: { free_list: freeListOf(places), grant_frames: frames, ...(freeIds.length > 0 ? { free_ids: freeIds } : {}) },
    otherwise,
  }
}
