// The queues of one device together: how many requests it has in flight, moment by moment.
import type { RingTrack } from './ring-track.ts'

/** Moments that are summed; later ones are left out. */
const MAX_MOMENTS = 2 ** 16

/** The rings of one source that are queues of a device. */
export interface QueuesReport {
  readonly source: string
  readonly queues: number
  /** Slots of all of them. */
  readonly nr_ents: number
  /** Moments at which each of the queues was seen, and its indices can be. */
  readonly moments: number
  /** Requests in flight in all of them, over these moments. */
  readonly mean: number
  readonly most: number
}

interface Device {
  readonly queues: Set<RingTrack>
  /** By moment: requests in flight, and how many queues they are of. */
  readonly inFlight: number[]
  readonly seen: number[]
}

export class QueueSums {
  readonly #devices = new Map<string, Device>()

  /** A snapshot of a queue. @param moment its place in the series of its ring */
  add(track: RingTrack, moment: number, inFlight: number): void {
    if (track.queue === undefined || moment >= MAX_MOMENTS) return
    let device = this.#devices.get(track.source)
    if (!device) {
      device = { queues: new Set(), inFlight: [], seen: [] }
      this.#devices.set(track.source, device)
    }
    device.queues.add(track)
    device.inFlight[moment] = (device.inFlight[moment] ?? 0) + inFlight
    device.seen[moment] = (device.seen[moment] ?? 0) + 1
  }

  /** The devices of several queues that were seen together at least once. */
  report(): QueuesReport[] {
    return [...this.#devices].flatMap(([source, { queues, inFlight, seen }]) => {
      const together = inFlight.filter((_, moment) => seen[moment] === queues.size)
      if (queues.size < 2 || together.length === 0) return []
      const nr_ents = [...queues].reduce((sum, track) => sum + track.nr_ents, 0)
      const total = together.reduce((sum, n) => sum + n, 0)
      const most = together.reduce((greatest, n) => Math.max(greatest, n), 0)
      return [{ source, queues: queues.size, nr_ents, moments: together.length, mean: total / together.length, most }]
    })
  }
}
