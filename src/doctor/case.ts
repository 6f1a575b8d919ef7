// What a verdict rests on.

import { countsSlots } from '../codec/ring/multi-slot.ts'
import { count } from '../codec/struct/count.ts'
import type { Connection } from '../xenstore/connection.ts'
import type { XenstoreNodes } from '../xenstore/nodes.ts'
import type { DriverGuess } from './fingerprint.ts'
import type { History } from './history.ts'
import type { Sureness } from './sureness.ts'

export interface Case {
  readonly history: History
  /** What XenStore says of the device, where it is at hand. */
  readonly xenstore: XenstoreNodes | undefined
  readonly connection: Connection
  /** The backend is QEMU, which moves req_event only when nothing is in flight: what lies past it may be taken or not. */
  readonly qdisk: boolean
  /** It may be, and what it has taken is not known: nothing says what the backend is, nor its req_cons. */
  readonly mayBeQdisk: boolean
  /** Guesses at the frontend's driver, the best first. */
  readonly drivers: readonly DriverGuess[]
  /** Seconds from one moment to the next, where known. */
  readonly interval: number | undefined
}

/** Requests of a healthy disk are answered within this. */
const LIKELY_AFTER = 1
/** Linux gives a SCSI command as long before it aborts it (SD_TIMEOUT in drivers/scsi/sd.h). */
const CERTAIN_AFTER = 30

/**
 * How sure it is that a condition lasts, and is no moment of a ring in motion: as sure as the time that it was seen to last. Of
 * moments that may lie a microsecond apart nothing follows.
 * @param moments at which it held, one after another
 */
export function lasting(moments: number, { interval, history }: Case): Sureness {
  const seconds = (secondsOf(moments, interval) ?? 0) - history.lag
  return seconds >= CERTAIN_AFTER ? 'certain' : seconds >= LIKELY_AFTER ? 'likely' : 'may'
}

/** The time that moments span, where known. */
export function secondsOf(moments: number, interval: number | undefined): number | undefined {
  return interval === undefined || moments < 2 ? undefined : (moments - 1) * interval
}

/**
 * A condition that held at the last moments held long enough to be the state of the ring: at more than half of a series, and in a
 * ring that moved before not just for an instant.
 */
export function prevails(moments: number, c: Case): boolean {
  const { history, interval } = c
  const instant = history.answered > 0 && interval !== undefined && lasting(moments, c) === 'may'
  return moments >= 2 && 2 * moments > history.moments && !instant
}

/** There is one moment, or the condition prevails: nothing shows that it passes. */
export function stands(moments: number, c: Case): boolean {
  return c.history.moments === 1 || prevails(moments, c)
}

/** So many that the indices count: `2 requests`, and `2 slots of requests` where one may take several. */
export function manyRequests(n: number, { history: { last } }: Case, one = 'request'): string {
  return last.shown && countsSlots(last.shown.ring) ? count(n, `slot of ${one}s`, `slots of ${one}s`) : count(n, one)
}

/** How long a condition was seen, in words that end a sentence. */
export function seenFor(moments: number, c: Case): string {
  const { interval } = c
  if (moments < 2) return 'Whether that lasts, one snapshot cannot tell.'
  const seconds = secondsOf(moments, interval)
  const over = `It was so in the last ${moments} snapshots`
  return seconds === undefined
    ? `${over}; how far apart they were taken is not known (--interval).`
    : `${over}, over ${Number(seconds.toFixed(3))} s.`
}
