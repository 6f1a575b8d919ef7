// Prints of one moment of one ring: what they say is put together, and counts once.
import type { RingMoment } from '../codec/ring/changed-in-flight.ts'
import type { Moment, PartOfMoment } from './moment.ts'
import { breakBetween } from './same-ring.ts'
import { bothPlaces, withPart } from './testimonies.ts'

/** Indices of new rings are small, and those of many alike. */
const MIN_OWN = 32
/** Parts that one is held against, the latest. */
const MAX_JOINED = 128

/**
 * Whether two prints of pages, by a debugger or into a log, show one moment: what both show is the same, byte for byte. Two files of
 * raw pages are two moments, however alike: they are named to be compared.
 */
export function isOnePrint(a: Moment, b: Moment): boolean {
  if (!a.printed || !b.printed || !a.shown || !b.shown || a.nr_ents !== b.nr_ents) return false
  if (a.queue !== undefined && b.queue !== undefined && a.queue !== b.queue) return false
  return a.sring.req_prod > 0 && isOnePage(a.shown, b.shown) && breakBetween(a, b) === undefined
}

function isOnePage(a: RingMoment, b: RingMoment): boolean {
  const missing = [...a.ring.missing.spans, ...b.ring.missing.spans]
  const isKnown = (at: number) => !missing.some(({ from, to }) => at >= from && at < to)
  return a.bytes.length === b.bytes.length && a.bytes.every((byte, at) => byte === b.bytes[at] || !isKnown(at))
}

/** How much of a page a print lacks. */
export function lackOf({ shown }: Moment): number {
  return shown ? shown.ring.missing.spans.reduce((bytes, { from, to }) => bytes + to - from, 0) : Number.POSITIVE_INFINITY
}

/** Whether more than that it can be says that a part is of a moment: an index of its own, or requests of its shadow. */
export function isTied({ sring, known, shadow, places }: PartOfMoment, moment: Moment): boolean {
  if (sharePlace(places, moment.places)) return true
  const { req_prod, rsp_prod } = moment.sring
  const { req_prod_pvt, req_cons, rsp_prod_pvt, rsp_cons } = known
  const ends = [
    [req_prod_pvt, req_prod],
    [req_cons, req_prod],
    [rsp_prod_pvt, rsp_prod],
    [rsp_cons, rsp_prod],
  ] as const
  const own = [...Object.values(sring), ...ends.flatMap(([index, end]) => (index === end ? [end] : []))]
  if (own.some((index) => index > MIN_OWN)) return true
  const sectors = new Map(
    (moment.shown?.ring.slots ?? []).flatMap((s) =>
      s.state === 'request' ? [[Number(s.request.id), s.request.sector_number]] : [],
    ),
  )
  const waiting = [...(shadow?.entries.values() ?? [])].filter(({ inUse, request }) => inUse && request !== undefined)
  const alike = waiting.filter(({ id, request }) => sectors.get(id) === request!.sector_number).length
  return alike > 0 && 2 * alike > waiting.length
}

/** A struct of one ring is in both: addresses of two guests may be the same, and their indices are not. */
function sharePlace(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return a !== undefined && b !== undefined && a.some((place) => b.includes(place))
}

/** Parts of one ring as one, in time linear in their number. */
export function joinedParts(parts: readonly PartOfMoment[]): PartOfMoment[] {
  const joined: PartOfMoment[] = []
  for (const part of parts) {
    const from = Math.max(0, joined.length - MAX_JOINED)
    const at = joined.findIndex((other, i) => i >= from && arePartsOfOne(other, part))
    if (at < 0) joined.push(part)
    else joined[at] = bothParts(joined[at]!, part)
  }
  return joined
}

/** All that both say is the same, and something of it few rings share. */
function arePartsOfOne(a: PartOfMoment, b: PartOfMoment): boolean {
  if (a.queue !== undefined && b.queue !== undefined && a.queue !== b.queue) return false
  if (a.within !== undefined && a.within === b.within) return false
  if (a.evtchn !== undefined && b.evtchn !== undefined && a.evtchn !== b.evtchn) return false
  const [one, other] = [valuesOf(a), valuesOf(b)]
  const common = [...one].filter(([name]) => other.has(name))
  if (!common.every(([name, value]) => other.get(name) === value)) return false
  const shadows = alikeShadows(a, b)
  if (shadows === false) return false
  if (sharePlace(a.places, b.places)) return true
  return shadows === true || (common.length >= 2 && common.some(([name, value]) => name !== 'nr_ents' && value > MIN_OWN))
}

/** The indices of a part by their names. */
function valuesOf({ sring, known, nr_ents }: PartOfMoment): ReadonlyMap<string, number> {
  const entries = Object.entries({ ...sring, ...known, nr_ents })
  return new Map(entries.filter((entry): entry is [string, number] => entry[1] !== undefined))
}

/** Whether both wait for the same requests; undefined where they show too few of the same. */
function alikeShadows(a: PartOfMoment, b: PartOfMoment): boolean | undefined {
  const sectors = (part: PartOfMoment) =>
    new Map(
      [...(part.shadow?.entries.values() ?? [])].flatMap(({ id, inUse, request }) =>
        inUse && request ? [[id, request.sector_number] as const] : [],
      ),
    )
  const [one, other] = [sectors(a), sectors(b)]
  const common = [...one].filter(([id]) => other.has(id))
  if (common.length === 0) return undefined
  return common.every(([id, sector]) => other.get(id) === sector)
}

/** What the first has counts; the shadow with more entries. */
function bothParts(a: PartOfMoment, b: PartOfMoment): PartOfMoment {
  const defined = <T extends object>(values: T) =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
  const [more, less] = (a.shadow?.entries.size ?? 0) >= (b.shadow?.entries.size ?? 0) ? [a, b] : [b, a]
  return {
    ...a,
    nr_ents: a.nr_ents ?? b.nr_ents,
    sring: { ...b.sring, ...a.sring },
    known: { ...b.known, ...defined(a.known) },
    shadow: more.shadow ?? less.shadow,
    pending: a.pending ?? b.pending,
    ringRefs: a.ringRefs ?? b.ringRefs,
    evtchn: a.evtchn ?? b.evtchn,
    irq: a.irq ?? b.irq,
    backendIrq: a.backendIrq ?? b.backendIrq,
    places: bothPlaces(a.places, b.places),
    vdev: a.vdev ?? b.vdev,
    device: a.device ?? b.device,
  }
}

/** Two prints of one page as one: the one that lacks less, with what else is known of either. */
export function joinedPrints(a: Moment, b: Moment): Moment {
  const [whole, part] = lackOf(b) < lackOf(a) ? [b, a] : [a, b]
  return withPart({ ...whole, source: a.source, series: a.series, within: a.within, xenstore: a.xenstore ?? b.xenstore }, part)
}
