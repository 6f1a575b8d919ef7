// How far a long run is, on standard error.
import { isatty } from 'node:tty'
import { SingleBar } from 'cli-progress'
import type { StreamPlace } from '../dump/ring-stream.ts'

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

  constructor(isSized: boolean) {
    const format = isSized
      ? '{bar} {percentage}%  {snapshots} snapshots  {rate}/s  {eta_formatted} left'
      : '{snapshots} snapshots  {rate}/s'
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
    this.#bar.start(PERCENT, 0, { snapshots: 0, rate: 0 })
  }

  /** @param snapshots done in so many seconds */
  update(snapshots: number, seconds: number, { position, size }: StreamPlace): void {
    this.#bar.update(size ? Math.floor((PERCENT * position) / size) : 0, { snapshots, rate: Math.round(snapshots / seconds) })
  }

  /** Takes the line away. */
  end(): void {
    this.#bar.stop()
  }
}
