// What texts say of a ring, in words of evidence.
import { count } from '../codec/struct/count.ts'
import type { PartOfMoment } from './moment.ts'

/** What a shadow says of how much waits. */
export function shadowText({ shadow }: Pick<PartOfMoment, 'shadow'>, inUse: number): string {
  const entries = shadow?.entries.size ?? 0
  const part = shadow?.isWhole ? 'all of it' : 'perhaps not all of it'
  return `the frontend's shadow, ${count(entries, 'entry', 'entries')} (${part}): ${inUse} in use`
}

/** Where the ring is granted, and its event channel. */
export function* placesOf({ ringRefs, evtchn }: Pick<PartOfMoment, 'ringRefs' | 'evtchn'>): Generator<string> {
  const refs = ringRefs?.length ? `ring-ref ${ringRefs.join(', ')}` : ''
  const port = evtchn === undefined ? '' : `event channel ${evtchn}`
  if (refs || port) yield [refs, port].filter(Boolean).join('; ')
}
