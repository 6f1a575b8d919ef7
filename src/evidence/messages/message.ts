// What a row of the table of messages has.
import type { Subject } from '../statement.ts'

/** Who says it. */
export const SPEAKERS = ['blkfront', 'blkback', 'xenbus', 'QEMU', 'xenvbd', 'libxl', 'block layer', 'kernel'] as const
export type Speaker = (typeof SPEAKERS)[number]

/** What a message is a sign of, where it is one. Names of `doctor`'s verdicts; this room knows no more of them. */
export interface Sign {
  readonly verdict: 'disk-disabled' | 'corrupt-indices' | 'io-errors' | 'not-connected' | 'backend-blocked' | 'some-stuck'
  /** A message says that something happened, and not that it still is so. */
  readonly sureness: 'may' | 'likely' | 'certain'
}

/**
 * A line that a driver, a backend or the kernel around them writes into a log. It is matched from the beginning of the line, behind
 * stamps and what a driver calls itself.
 */
export interface Message {
  /** The name of the row. It never changes. */
  readonly name: string
  readonly speaker: Speaker
  /** Values in it are named: `disk`, `domid`, `vdev`, … */
  readonly pattern: RegExp
  /** A line as it is written. */
  readonly example: string
  /** File, function and versions that write it. */
  readonly source: string
  readonly means: string
  /** What to capture next; undefined where nothing is open. */
  readonly next?: string
  /** The rule of `check` that finds the same on a ring. */
  readonly rule?: string
  readonly sign?: Sign
}

/** Which device values of a message name. */
export function subjectOfValues(values: Readonly<Record<string, string>>): Subject {
  const number = (key: string) => (values[key] === undefined ? undefined : Number(values[key]))
  return { domid: number('domid'), vdev: number('vdev'), disk: values['disk'], queue: number('queue') }
}
