import { isSurer, type Sureness } from './sureness.ts'

/** The verdicts, in the order in which the first of several is the main one. */
export const VERDICTS = [
  'not-connected',
  'corrupt-indices',
  'uninitialised',
  'disk-disabled',
  'lost-back-to-front-event',
  'requests-lost',
  'responses-not-taken',
  'lost-front-to-back-event',
  'backend-blocked',
  'requests-not-taken',
  'storage-below',
  'unanswered',
  'some-stuck',
  'foreign-indices',
  'io-errors',
  'moving',
  'idle',
  'never-used',
  'ring-full',
  'not-shown',
  'polling-backend',
  'deferred-completion',
] as const

/** The name of a verdict. */
export type VerdictName = (typeof VERDICTS)[number]

/** One thing that is said of a queue, how sure it is, and what it can come from. */
export interface Verdict {
  readonly verdict: VerdictName
  /** Something waits or is wrong; else it is how a healthy ring can be. */
  readonly problem: boolean
  readonly sureness: Sureness
  /** What it means here, in a sentence or two. */
  readonly text: string
  /** What can be behind it, the likelier first; empty where the verdict says it all. */
  readonly causes: readonly string[]
  /** Of storage-below: it holds more requests than the backend has left, and comes first. */
  readonly holdsMost?: boolean
  /** A stack shows it: it comes before what indices allow. */
  readonly seen?: boolean
}

/** Problems first, then by the order of `VERDICTS`. */
export function inOrder(verdicts: readonly Verdict[]): Verdict[] {
  return [...verdicts].sort(compareVerdicts)
}

/**
 * Compares verdicts by rank: problems first, then by the order of `VERDICTS`, then the surer one. Negative where `a` comes first.
 */
export function compareVerdicts(a: Verdict, b: Verdict): number {
  if (a.problem !== b.problem) return a.problem ? -1 : 1
  return rank(a) - rank(b) || (isSurer(a.sureness, b.sureness) ? -1 : 0)
}

/** What was seen to last comes before a mere guess at its cause. */
const GUESSES: Readonly<Partial<Record<VerdictName, VerdictName>>> = {
  'lost-back-to-front-event': 'responses-not-taken',
  'lost-front-to-back-event': 'requests-not-taken',
  'backend-blocked': 'requests-not-taken',
}

function rank({ verdict, sureness, holdsMost, seen: isSeen }: Verdict): number {
  if (isSeen) return VERDICTS.indexOf('lost-front-to-back-event') - 0.75
  // Before everything that is said of requests which were not taken.
  if (holdsMost) return VERDICTS.indexOf('lost-front-to-back-event') - 0.5
  const seen = sureness === 'may' ? GUESSES[verdict] : undefined
  return seen === undefined ? VERDICTS.indexOf(verdict) : VERDICTS.indexOf(seen) + 0.5
}
