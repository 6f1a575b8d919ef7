// Two prints of one moment of one ring: what they say is put together, and counts once.
import { SHARED_INDICES } from '../capture/testimony.ts'
import type { RingMoment } from '../codec/ring/changed-in-flight.ts'
import { distance, producersPossible } from '../codec/ring/ring-idx.ts'
import { type Moment, type PartOfMoment, readMoment } from './moment.ts'
import { breakBetween } from './same-ring.ts'

/**
 * Whether two inputs show one moment: every index of the page is the same, and the ring is not one of many that look like it. Two
 * files of pages are two moments, however alike: they are named to be compared. Prints of debuggers are of one image.
 */
export function isOneMoment(a: Moment, b: Moment): boolean {
  if (a.shown && b.shown && !(a.printed && b.printed && isOnePage(a.shown, b.shown))) return false
  if (a.queue !== undefined && b.queue !== undefined && a.queue !== b.queue) return false
  if (a.nr_ents !== b.nr_ents || SHARED_INDICES.some((name) => a.sring[name] !== b.sring[name])) return false
  if (a.within !== undefined && a.within === b.within) return false
  if (!a.shown && !b.shown && !saysMore(a, b)) return false
  const { req_prod, rsp_prod } = a.sring
  // New rings of all guests look alike, and so do those of disks that were read at boot.
  const isOwn = req_prod > a.nr_ents || (producersPossible(a.sring, a.nr_ents) && distance(rsp_prod, req_prod) > 0)
  return isOwn && breakBetween(a, b) === undefined && !contradicts(a, b)
}

/** Prints of pages: what both show is the same, byte for byte. */
function isOnePage(a: RingMoment, b: RingMoment): boolean {
  const missing = [...a.ring.missing.spans, ...b.ring.missing.spans]
  const isKnown = (at: number) => !missing.some(({ from, to }) => at >= from && at < to)
  return a.bytes.length === b.bytes.length && a.bytes.every((byte, at) => byte === b.bytes[at] || !isKnown(at))
}

/** Of two texts one has what the other does not: they are prints of two kinds. */
function saysMore(a: Moment, b: Moment): boolean {
  const said = ({ known, shadow, pending }: Moment) =>
    [
      ...Object.entries(known).flatMap(([name, value]) => (value === undefined ? [] : [name])),
      shadow && 'shadow',
      pending && 'pending',
    ]
      .filter((name) => name !== undefined)
      .sort()
      .join(' ')
  return said(a) !== said(b) && a.device === undefined && b.device === undefined
}

function contradicts(a: Moment, b: Moment): boolean {
  const known = Object.entries(a.known).some(([name, value]) => {
    const other = b.known[name as keyof Moment['known']]
    return value !== undefined && other !== undefined && other !== value
  })
  const ports = a.evtchn !== undefined && b.evtchn !== undefined && a.evtchn !== b.evtchn
  return known || ports
}

/** Both as one, with the page where one of them has it. */
export function joinedMoments(a: Moment, b: Moment): Moment {
  const lack = ({ shown }: Moment) => (shown ? shown.ring.missing.spans.reduce((n, { from, to }) => n + to - from, 0) : Infinity)
  const [base, other] = lack(b) <= lack(a) ? [b, a] : [a, b]
  const defined = Object.fromEntries(Object.entries(base.known).filter(([, value]) => value !== undefined))
  return {
    ...other,
    ...base,
    queue: base.queue ?? other.queue,
    known: { ...other.known, ...defined },
    shadow: base.shadow ?? other.shadow,
    pending: base.pending ?? other.pending,
    ringRefs: base.ringRefs ?? other.ringRefs,
    evtchn: base.evtchn ?? other.evtchn,
    time: base.time ?? other.time,
    lag: base.lag ?? other.lag,
    xenstore: base.xenstore ?? other.xenstore,
    series: base.series ?? other.series,
    within: base.within ?? other.within,
    extracted: base.extracted ?? other.extracted,
    device: base.device ?? other.device,
  }
}

/** The values of a part by their names, those that both ends and the page have. */
function valuesOf({ sring, known, nr_ents }: PartOfMoment): ReadonlyMap<string, number> {
  return new Map(
    Object.entries({ ...sring, ...known, nr_ents }).filter((entry): entry is [string, number] => entry[1] !== undefined),
  )
}

/** Whether two parts of what is known of a ring agree in at least two values, of which one is an index that few rings share, and in all. */
export function arePartsOfOne(a: PartOfMoment, b: PartOfMoment): boolean {
  if (a.queue !== undefined && b.queue !== undefined && a.queue !== b.queue) return false
  if (a.within !== undefined && a.within === b.within) return false
  if (a.evtchn !== undefined && b.evtchn !== undefined && a.evtchn !== b.evtchn) return false
  const [one, other] = [valuesOf(a), valuesOf(b)]
  const common = [...one].filter(([name]) => other.has(name))
  const isOwn = common.some(([name, value]) => name !== 'nr_ents' && value > MIN_OWN)
  return isOwn && common.length >= 2 && common.every(([name, value]) => other.get(name) === value)
}

/** Indices of new rings are small, and those of many alike. */
const MIN_OWN = 32

/** Whether a part can be of the ring at that moment, and something beyond that says so. */
export function isPartOf(part: PartOfMoment, moment: Moment): boolean {
  if (part.queue !== undefined && moment.queue !== undefined && part.queue !== moment.queue) return false
  if (part.nr_ents !== undefined && part.nr_ents !== moment.nr_ents) return false
  if (part.evtchn !== undefined && moment.evtchn !== undefined && part.evtchn !== moment.evtchn) return false
  const { req_prod, rsp_prod } = moment.sring
  if (SHARED_INDICES.some((name) => part.sring[name] !== undefined && part.sring[name] !== moment.sring[name])) return false
  const { req_prod_pvt, req_cons, rsp_prod_pvt, rsp_cons } = part.known
  const published = [
    ...Object.values(part.sring),
    ...(req_prod_pvt === req_prod ? [req_prod] : []),
    ...(req_cons === req_prod ? [req_prod] : []),
  ]
  const answered = [...(rsp_prod_pvt === rsp_prod ? [rsp_prod] : []), ...(rsp_cons === rsp_prod ? [rsp_prod] : [])]
  if (![...published, ...answered].some((index) => index > MIN_OWN)) return false
  return readMoment(withPart(moment, part)).contradictions.length === 0
}

/** A moment with what a part says beyond it. */
export function withPart(moment: Moment, part: PartOfMoment): Moment {
  const { sring, nr_ents } = moment
  return joinedMoments({ ...part, sring, nr_ents, shown: undefined }, moment)
}

/** Parts of one ring as one; the first is the base. */
export function joinedParts(parts: readonly PartOfMoment[]): PartOfMoment[] {
  const joined: PartOfMoment[] = []
  for (const part of parts) {
    const at = joined.slice(-MAX_JOINED).findIndex((other) => arePartsOfOne(other, part))
    const place = at < 0 ? -1 : Math.max(0, joined.length - MAX_JOINED) + at
    if (place < 0) joined.push(part)
    else joined[place] = bothParts(joined[place]!, part)
  }
  return joined
}

/** Parts that one is held against, the latest. */
const MAX_JOINED = 128

function bothParts(a: PartOfMoment, b: PartOfMoment): PartOfMoment {
  return {
    ...b,
    ...Object.fromEntries(Object.entries(a).filter(([, value]) => value !== undefined)),
    sring: { ...b.sring, ...a.sring },
    known: { ...b.known, ...Object.fromEntries(Object.entries(a.known).filter(([, value]) => value !== undefined)) },
  } as PartOfMoment
}
