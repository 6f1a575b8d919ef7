// How far a long run is, on standard error.
import { isatty } from 'node:tty'
import { SingleBar } from 'cli-progress'
import type { StreamPlace } from '../inputs/byte-source.ts'

/** Updates of the bar by which the remaining time is judged. */
const ETA_UPDATES = 50
const PERCENT = 100

const [STDOUT, STDERR] = [1, 2]

/** Where standard error is no terminal, or the one that shows the output as well. */
export function isInTheWay(): boolean {
  return !isatty(STDERR) || isatty(STDOUT)
}

export class Progress {
  readonly #bar: SingleBar

  /** @param unit what the work is counted in */
  constructor(isSized: boolean, unit: string) {
    const format = isSized ? `{bar} {percentage}%  {done} ${unit}s  {rate}/s  {eta_formatted} left` : `{done} ${unit}s  {rate}/s`
    this.#bar = new SingleBar({
      format,
      stream: process.stderr,
      barsize: 24,
      etaBuffer: ETA_UPDATES,
      hideCursor: true,
      clearOnComplete: true,
      barCompleteChar: '#',
      barIncompleteChar: '.',
    })
    this.#bar.start(PERCENT, 0, { done: 0, rate: 0 })
  }

  /** @param done so many in so many seconds */
  update(done: number, seconds: number, { position, size }: StreamPlace): void {
    this.#bar.update(size ? Math.floor((PERCENT * position) / size) : 0, { done, rate: Math.round(done / seconds) })
  }

  /** Takes the line away. */
  end(): void {
    this.#bar.stop()
  }
}
