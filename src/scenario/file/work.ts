// How much work a scenario may ask for. A file is short, and a number in it is not: nothing that someone sends runs for an hour.
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import { ScenarioError } from './scenario-error.ts'

/** Grants that are made and ended, beyond those that the file's own length stands for: some two seconds. */
export const MAX_WORK = 2 ** 21
/** Frames of pages that a driver copies data to: 512 requests of 32 segments in flight. */
const MAX_FRAMES = 2 ** 14
/** A request costs as much as so many grants, besides its own. */
const WORK_OF_REQUEST = 4
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
      throw new ScenarioError(path, `the steps up to here go through more than ${this.#most} grants, which is more than is played`)
  }
}

function grantsOf(bytes: number): number {
  return Math.ceil(bytes / XEN_PAGE_SIZE)
}
