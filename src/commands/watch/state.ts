// What is known of a watched device after each look: where its rings stand, how fast they move, what waits for how long, the verdict.
import { distance, passed } from '../../codec/ring/ring-idx.ts'
import { Devices, type Diagnosis, diagnoseHistory, type Moment, type WaitingRequest } from '../../doctor/index.ts'
import type { Snapshot } from '../../gather/moments.ts'

/** How many a second. */
export interface Rates {
  readonly requests: number
  readonly responses: number
}

export interface QueueState {
  readonly diagnosis: Diagnosis
  readonly last: Moment
  /** Undefined at the first look, and where an index went back. */
  readonly rates: Rates | undefined
  /** The request that waits longest, and for how many seconds it was seen waiting. */
  readonly oldest: { readonly request: WaitingRequest; readonly seconds: number } | undefined
}

/** Every queue of the device after a look. */
export interface DeviceState {
  readonly looks: number
  /** Seconds since the first look. */
  readonly seconds: number
  readonly queues: readonly QueueState[]
}

/** What comes faster through a pipe was taken before: when, nobody says. */
const MIN_SECONDS = 0.01

interface Before {
  readonly moment: Moment
  readonly seconds: number
  /** Since when requests were seen waiting. */
  readonly since: ReadonlyMap<string, number>
}

/** A device that is looked at again and again. Its memory is bounded by the slots of its rings. */
export class WatchedDevice {
  readonly #devices = new Devices()
  readonly #before = new Map<number | undefined, Before>()
  #looks = 0

  /** Takes in a look at its rings. @param seconds since the first */
  add(snapshot: Snapshot, seconds: number): DeviceState {
    // All that is watched at one place is one device by that.
    this.#devices.add(snapshot.map((moment) => ({ ...moment, series: 'watched' })))
    this.#looks++
    const device = this.#devices.finish().at(-1)!
    const mean = this.#looks > 1 ? seconds / (this.#looks - 1) : 0
    const interval = mean >= MIN_SECONDS ? mean : undefined
    const queues = device.queues.map((history) => this.#queue(diagnoseHistory(history, interval), history.last, seconds))
    return { looks: this.#looks, seconds, queues }
  }

  #queue(diagnosis: Diagnosis, last: Moment, seconds: number): QueueState {
    const before = this.#before.get(last.queue)
    const since = new Map(diagnosis.waiting.map((one) => [nameOf(one), before?.since.get(nameOf(one)) ?? seconds]))
    this.#before.set(last.queue, { moment: last, seconds, since })
    const [request] = diagnosis.waiting
    return {
      diagnosis,
      last,
      rates: before && ratesOf(before.moment, last, seconds - before.seconds),
      oldest: request && { request, seconds: seconds - since.get(nameOf(request))! },
    }
  }
}

/** What a request is told by from look to look. */
function nameOf({ index, id }: WaitingRequest): string {
  return index === undefined ? `id ${id}` : `${index}`
}

function ratesOf(before: Moment, { sring }: Moment, seconds: number): Rates | undefined {
  if (seconds < MIN_SECONDS) return undefined
  if (!passed(sring.req_prod, before.sring.req_prod) || !passed(sring.rsp_prod, before.sring.rsp_prod)) return undefined
  return {
    requests: distance(before.sring.req_prod, sring.req_prod) / seconds,
    responses: distance(before.sring.rsp_prod, sring.rsp_prod) / seconds,
  }
}
