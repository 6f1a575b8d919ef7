// How much work a scenario may ask for. A file is short, and a number in it is not: nothing that someone sends runs for an hour.
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import { ScenarioError } from './scenario-error.ts'

/** Grants that are made and ended, beyond those that the file's own length stands for: some two seconds. */
export const MAX_WORK = 2 ** 21
/** Frames of pages that a driver copies data to: 512 requests of 32 segments in flight. */
const MAX_FRAMES = 2 ** 14
/** A request costs as much as so many grants, besides its own. */
const WORK_OF_REQUEST = 8
/** A step on one more queue. */
const WORK_OF_QUEUE = 4
/** Requests that are looked through for one to answer. */
const WAITING_A_GRANT = 128
/** A suspend or a resume. */
const WORK_OF_RECOVERY = 64
/** Slots, and entries of a pool, that cost as much as a grant: those that a suspend looks through and a resume makes anew. */
const SLOTS_A_GRANT = 8
const ENTRIES_A_GRANT = 1024
/** A file that is written, besides its pages. */
const WORK_OF_FILE = 640
const WORK_OF_PAGE = 16
/** Of each step that a file spells out: a request of 128 KiB, the largest that Linux sends by default. */
const OWN_GRANTS = 32

/** Counts what the steps of one scenario cost, in grants. */
export class Work {
  readonly #most: number
  #done = 0

  /** @param most infinite where nobody else wrote the scenario */
  constructor(most: number) {
    this.#most = most
  }

  /** Requests that one step stands for. */
  requests(count: number, bytes: number, path: string): void {
    const each = WORK_OF_REQUEST + grantsOf(bytes)
    const left = Math.max(0, Math.floor((this.#most - this.#done) / each))
    if (count > left)
      throw new ScenarioError(path, `${count} requests of ${bytes} bytes; a scenario has at most ${left} like these here`)
    this.#done += count * each
  }

  /** A request of a step of its own. */
  request(bytes: number, path: string): void {
    this.spend(grantsOf(bytes) - OWN_GRANTS, path)
  }

  /** Steps of one queue each that one step of the file stands for. */
  queues(count: number, path: string): void {
    this.spend(WORK_OF_QUEUE * (count - 1), path)
  }

  /** Requests that wait are looked through. */
  waiting(count: number, path: string): void {
    this.spend(count / WAITING_A_GRANT, path)
  }

  /** A request that was taken apart and is handed to the driver again. */
  requestAgain(grants: number, path: string): void {
    this.spend(3 * WORK_OF_REQUEST + grants, path)
  }

  /** A suspend or a resume. @param slots of all rings @param entries of the pools that are made */
  recovery(slots: number, entries: number, path: string): void {
    this.spend(WORK_OF_RECOVERY + slots / SLOTS_A_GRANT + entries / ENTRIES_A_GRANT, path)
  }

  /** A file of the ring's or an indirect page's bytes. */
  file(bytes: number, path: string): void {
    this.spend(WORK_OF_FILE + (WORK_OF_PAGE * bytes) / XEN_PAGE_SIZE, path)
  }

  /** A page whose bytes are looked at. */
  page(path: string): void {
    this.spend(WORK_OF_PAGE, path)
  }

  /** Frames that the driver's pages take by now. */
  keepFrames(frames: number, path: string): void {
    if (frames > MAX_FRAMES && this.#most !== Number.POSITIVE_INFINITY)
      throw new ScenarioError(
        path,
        `the pages that the driver copies to take more than ${(MAX_FRAMES * XEN_PAGE_SIZE) / 2 ** 20} MiB`,
      )
  }

  /** Grants that one step goes through. */
  spend(grants: number, path: string): void {
    this.#done += Math.max(0, grants)
    if (this.#done > this.#most)
      throw new ScenarioError(path, `the steps up to here are more work than ${this.#most} grants, which is more than is played`)
  }
}

function grantsOf(bytes: number): number {
  return Math.ceil(bytes / XEN_PAGE_SIZE)
}
