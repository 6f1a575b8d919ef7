// What a text says in words to moments: alone, or beside the page of the same ring.

import { SHARED_INDICES, STRUCTS, type Testimony } from '../capture/testimony.ts'
import { type Moment, type PartOfMoment, readMoment } from './moment.ts'

/** What a moment made of words needs beyond them. */
export type MomentPlace = Pick<Moment, 'source' | 'series' | 'within'>

/** A testimony as a moment of its ring, as far as it goes. */
export function momentOfTestimony(testimony: Testimony, { source, series, within }: MomentPlace): PartOfMoment {
  const { shared, nr_ents, queue, device } = testimony
  return {
    source,
    series,
    within,
    queue,
    sring: shared,
    nr_ents,
    shown: undefined,
    xenstore: undefined,
    device,
    ...factsOf(testimony),
  }
}

/** Whether a moment made of words has all that a ring is judged by. */
export function isWhole(moment: PartOfMoment): moment is Moment {
  return moment.nr_ents !== undefined && SHARED_INDICES.every((name) => moment.sring[name] !== undefined)
}

/**
 * Whether a testimony may be of the ring and the moment of a page: what both say is the same, and what only the testimony says can be.
 * @param address of the page, in the memory that both are of
 */
export function isOfMoment(testimony: Testimony, moment: Moment, address?: bigint): boolean {
  if (testimony.address !== undefined && address !== undefined && testimony.address !== address) return false
  return fits(momentOfTestimony(testimony, { source: '' }), moment)
}

/** Whether what is known of a ring may be of the moment of a page. */
export function fits(part: PartOfMoment, moment: Moment): boolean {
  const { nr_ents, sring, queue } = part
  if (nr_ents !== undefined && nr_ents !== moment.nr_ents) return false
  if (queue !== undefined && moment.queue !== undefined && queue !== moment.queue) return false
  if (liesElsewhere(part, moment)) return false
  if (SHARED_INDICES.some((name) => sring[name] !== undefined && sring[name] !== moment.sring[name])) return false
  const { contradictions, state } = readMoment(withPart(moment, part))
  return contradictions.length === 0 && (state.waiting !== 'impossible' || Object.keys(sring).length > 0)
}

/** A struct of it is another one. Both ends have the page mapped, each where it likes. */
function liesElsewhere({ places: one }: PartOfMoment, { places: other }: Moment): boolean {
  if (!one || !other) return false
  const kindOf = (place: string) => place.slice(0, place.indexOf(':'))
  return one.some(
    (place) => kindOf(place) !== 'sring' && !other.includes(place) && other.some((own) => kindOf(own) === kindOf(place)),
  )
}

/** A moment with what else is known of it. */
export function withPart(
  moment: Moment,
  { known, shadow, pending, ringRefs, evtchn, irq, backendIrq, places, vdev, queue }: PartOfMoment,
): Moment {
  return {
    ...moment,
    irq: irq ?? moment.irq,
    backendIrq: backendIrq ?? moment.backendIrq,
    places: bothPlaces(moment.places, places),
    vdev: moment.vdev ?? vdev,
    queue: moment.queue ?? queue,
    known: { ...moment.known, ...known },
    shadow: shadow ?? moment.shadow,
    pending: pending ?? moment.pending,
    ringRefs: ringRefs ?? moment.ringRefs,
    evtchn: evtchn ?? moment.evtchn,
  }
}

/** A moment with what a text says beside its page. */
export function withTestimony(moment: Moment, testimony: Testimony): Moment {
  const { known, shadow = moment.shadow, places, ...facts } = factsOf(testimony)
  return {
    ...moment,
    ...facts,
    places: bothPlaces(moment.places, places),
    queue: moment.queue ?? testimony.queue,
    shadow,
    known: { ...moment.known, ...known },
  }
}

/** The places of both. */
export function bothPlaces(a: readonly string[] | undefined, b: readonly string[] | undefined): readonly string[] | undefined {
  return a && b ? [...new Set([...a, ...b])] : (a ?? b)
}

function factsOf({ handle: vdev, evtchn, irq, backendIrq, places, known, shadow, pending, ringRefs, time, lag, form }: Testimony) {
  const ofCore = form === STRUCTS ? true : undefined
  return { vdev, evtchn, irq, backendIrq, places, known, shadow, pending, ringRefs, time, lag, ofCore }
}
