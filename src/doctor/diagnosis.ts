// From the moments of one ring, or of a device with several, to what is wrong with it.

import { connectionOf } from '../xenstore/connection.ts'
import { isQdisk, mayBeQdisk } from '../xenstore/names.ts'
import type { XenstoreNodes } from '../xenstore/nodes.ts'
import type { Case } from './case.ts'
import { evidenceOf } from './evidence.ts'
import { type DriverGuess, fingerprint } from './fingerprint.ts'
import type { History, RingReplaced } from './history.ts'
import { judge } from './judge.ts'
import type { Bounds, Moment, PartOfMoment } from './moment.ts'
import { type NextStep, nextSteps } from './next-steps.ts'
import { settles } from './settle.ts'
import { answeredIds } from './shadowed.ts'
import { compareVerdicts, type Verdict } from './verdict.ts'
import type { WaitingRequest } from './waiting-requests.ts'

/** What is wrong with one queue of a device, by its moments. */
export interface Diagnosis<M extends PartOfMoment = Moment> {
  /** The main verdict first. */
  readonly verdicts: readonly Verdict[]
  readonly owes: Owes
  /** One sentence each. */
  readonly evidence: readonly string[]
  /** Requests that wait, longest first. Fewer than `owes.answers` where some cannot be told. */
  readonly waiting: readonly WaitingRequest[]
  /** Ids of the responses that the frontend has not taken, oldest first; none where they are not known. */
  readonly answered: readonly bigint[]
  readonly drivers: readonly DriverGuess[]
  /** What one more capture would settle; undefined where nothing is open. */
  readonly settles: string | undefined
  readonly next: readonly NextStep[]
  /** The last moment: the one that is judged. Where indices of the page are missing, it is judged by the others (`diagnosePart`). */
  readonly last: M
  /** How many moments there are. */
  readonly moments: number
  /** The ring that this one replaced; undefined for the first ring of its device. */
  readonly replaced: RingReplaced | undefined
}

/** A diagnosis by whatever is known of a ring: all indices of its page, or a part of them. */
export type RingDiagnosis = Diagnosis<PartOfMoment>

/** Work that one side owes the other; undefined where indices are impossible, or are not known. */
export interface Owes {
  /** Requests that have no answer. */
  readonly answers: number | undefined
  /** Requests that the backend has not taken yet, among these. */
  readonly untaken: Bounds | undefined
  /** Responses that the frontend has not taken. */
  readonly unseen: Bounds | undefined
}

/**
 * @param interval seconds from one moment to the next, where known
 * @param nodes what listings say of the device, where the moments have none beside them
 */
export function diagnoseHistory(history: History, interval = history.interval, nodes?: XenstoreNodes): Diagnosis {
  const { reading, last, lastShown } = history
  const xenstore = last.xenstore ?? lastShown?.xenstore ?? nodes
  const c: Case = {
    history,
    xenstore,
    connection: connectionOf(xenstore),
    qdisk: isQdisk(xenstore),
    mayBeQdisk: reading.known.req_cons === undefined && mayBeQdisk(xenstore),
    drivers: fingerprint({ ...(lastShown ?? last), xenstore }),
    interval,
  }
  const verdicts = judge(c)
  const possible = reading.state.waiting !== 'impossible'
  return {
    verdicts,
    owes: {
      answers: possible ? reading.outstanding : undefined,
      untaken: possible ? reading.untaken : undefined,
      unseen: possible ? reading.unseen : undefined,
    },
    evidence: evidenceOf(c),
    waiting: history.waiting(),
    answered: answeredIds(last, reading),
    drivers: c.drivers,
    settles: settles(verdicts[0]!, c),
    next: nextSteps(verdicts[0]!.verdict, xenstore),
    last,
    moments: history.total,
    replaced: history.replaced,
  }
}

/** The diagnosis that a device with several queues is judged by: the one with the worst main verdict, the first of equals. */
export function worst<D extends RingDiagnosis>(diagnoses: readonly D[]): D {
  return [...diagnoses].sort((a, b) => compareVerdicts(a.verdicts[0]!, b.verdicts[0]!))[0]!
}
