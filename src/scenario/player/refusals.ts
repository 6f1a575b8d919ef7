// What the driver did not do of what it was asked for.
import { DISABLED, type Fatal } from '../../blkfront/index.ts'
import { count } from '../../print/text.ts'
import type { Played } from './play.ts'

/** What the driver did not do of what a script asked for: requests that it did not take, by reason, and whether it died. */
export interface Refusals {
  readonly refused: { busy: number; ringFull: number; invalid: number }
  /** The step of the first that was refused. */
  firstRefused: string | undefined
  fatal: Fatal | undefined
  /** The last step that was played, where it died if it did: `steps[3]`. */
  fatalAt: string
  /** The step after which the driver had disabled the device. */
  disabledAt: string | undefined
}

/** Nothing refused, to begin with. */
export function noRefusals(): Refusals {
  return {
    refused: { busy: 0, ringFull: 0, invalid: 0 },
    firstRefused: undefined,
    fatal: undefined,
    fatalAt: 'connect',
    disabledAt: undefined,
  }
}

/** Notes what a step says of the driver. */
export function noteRefusal(refusals: Refusals, { outcome, path, again }: Extract<Played, { type: 'step' }>): void {
  refusals.fatalAt = path
  if (outcome.state.connected === DISABLED) refusals.disabledAt ??= path
  if ((outcome.type !== 'submit' && outcome.type !== 'queueRq') || again) return
  if (outcome.result === 'queued' || outcome.result === 'fatal') return
  refusals.refused[outcome.result]++
  refusals.firstRefused ??= path
}

/** What went wrong for the driver, in one line; undefined where nothing did. */
export function refusalText({ fatal, fatalAt, disabledAt, refused, firstRefused }: Readonly<Refusals>): string | undefined {
  if (fatal) return `${fatalAt}: the driver dies: ${fatal.reason}`
  if (disabledAt !== undefined) return `${disabledAt}: the driver does not believe its backend any more, and disables the device`
  const kinds = Object.entries(refused).filter(([, n]) => n > 0)
  if (kinds.length === 0) return undefined
  const total = kinds.reduce((sum, [, n]) => sum + n, 0)
  return `${firstRefused}: ${count(total, 'request')} not put in the ring (${kinds.map(([kind, n]) => `${n} ${kind}`).join(', ')})`
}
