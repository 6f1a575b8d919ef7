// What rings say in sum: fed with columns, in memory that does not grow with their number.
import { type Batch, REQUEST, RESPONSE, STATES } from '../codec/batch/batch.ts'
import { requestsInWindow } from '../codec/batch/outstanding-row.ts'
import { HIGH, LOW } from '../codec/batch/words.ts'
import { smallSectors } from '../codec/ring/sector-unit.ts'
import { BLKIF_RSP_OKAY } from '../codec/xen/blkif.ts'
import { Depth } from './depth.ts'
import { Longest } from './longest.ts'
import { QueueSums } from './queue-sums.ts'
import { NOWHERE, OP_PLACE, OPS } from './request-classes.ts'
import { RequestCounts } from './request-counts.ts'
import { RingTrack } from './ring-track.ts'
import { SectorMap } from './sector-map.ts'

/** The length of the list of requests that were in flight longest. */
const LONGEST = 10
/** Values of a status, an s16. */
const STATUSES = 0x1_0000
/** Rings after which sums are carried over: no ring has more than 2^10 slots. */
const SETTLE = 1024

/**
 * A request or response is counted once: it is new unless the snapshot before, of the same ring, had the same one in its slot
 * (`RingTrack`). Sectors are counted as those of 512 bytes, whatever a ring counts in. `slots` counts whatever each snapshot shows.
 */
export class Statistics {
  readonly tracks: RingTrack[] = []
  /** Slots of all snapshots that are not unused. */
  readonly slots = { request: 0, response: 0, cleared: 0, unknown: 0 }
  /** Requests, each counted once. */
  readonly requests = new RequestCounts()
  readonly sectors = new SectorMap()
  readonly depth = new Depth()
  readonly queues = new QueueSums()
  readonly longest = new Longest(LONGEST)
  /** Responses by place in OPS, those that are errors, and by status: that of -1 at 0xffff. */
  readonly responses = new Float64Array(OPS.length)
  readonly errors = new Float64Array(OPS.length)
  readonly statuses = new Float64Array(STATUSES)
  #unsettled = 0

  /** A ring that is to be followed through its snapshots. */
  track(name: { source: string; queue: number | undefined }, geometry: Batch['geometry']): RingTrack {
    const track = new RingTrack(name, geometry, this.longest)
    this.tracks.push(track)
    return track
  }

  /**
   * The next snapshot of a ring.
   * @param ring its place in the batch, of which `batchJudge` has filled the column `certainty`
   * @param place of the snapshot in the series of its ring
   * @param test chooses the rows that count; without it, all do. How many are in flight does not depend on it
   */
  add(track: RingTrack, batch: Batch, ring: number, place: number, test?: (row: number) => boolean): void {
    const slots = track.begin(place, batch, ring)
    if (slots >= 0) {
      const inFlight = requestsInWindow(batch, ring)
      track.hold(inFlight, slots)
      this.depth.add(place, inFlight, slots === track.nr_ents)
      this.queues.add(track, place, inFlight)
    }
    const { state, operation, status, sector_number_halves } = batch
    const small = Math.log2(smallSectors(batch.sectorUnit))
    const end = batch.rowsAt[ring + 1]!
    for (let row = batch.rowsAt[ring]!; row < end; row++) {
      if (test && !test(row)) continue
      if (state[row] === REQUEST) {
        this.slots.request++
        if (!track.request(batch, row)) continue
        track.requests++
        const direction = this.requests.add(batch, row)
        if (direction === NOWHERE) continue
        this.sectors.add(direction, sector_number_halves[2 * row + LOW]!, sector_number_halves[2 * row + HIGH]!, small)
      } else if (state[row] !== RESPONSE) this.slots[STATES[state[row]!]!]++
      else {
        this.slots.response++
        if (!track.response(batch, row)) continue
        track.responses++
        const op = OP_PLACE[operation[row]!]!
        this.responses[op]!++
        this.statuses[status[row]! & (STATUSES - 1)]!++
        if (status[row] === BLKIF_RSP_OKAY) continue
        this.errors[op]!++
        track.errors++
      }
    }
    // Sectors that are made of smaller ones add up faster.
    if (++this.#unsettled < SETTLE && small === 0) return
    this.#unsettled = 0
    this.requests.settle()
  }
}
