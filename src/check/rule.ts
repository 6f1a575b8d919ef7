import type { XenstoreNodes } from '../xenstore/nodes.ts'
import type { RingSubject } from './subject.ts'

/**
 * `error`: the protocol forbids it, or somebody loses data by it. `warning`: it is wrong, or most likely so. `note`: legal, and
 * worth knowing.
 */
export type Severity = 'error' | 'warning' | 'note'

/** The severities of rules, the gravest first. */
export const SEVERITIES = ['error', 'warning', 'note'] as const satisfies readonly Severity[]

/** Something that a rule found: a message, and where it is. */
export interface Found {
  readonly message: string
  readonly slot?: number | undefined
  /** Bytes from the start of the ring. */
  readonly offset?: number | undefined
}

/** What the test says of each item that it says something of. */
export function foundIn<T>(items: readonly T[], test: (item: T, i: number) => Found | undefined): Found[] {
  const found: Found[] = []
  for (const [i, item] of items.entries()) {
    const one = test(item, i)
    if (one) found.push(one)
  }
  return found
}

/** Something that a rule found in one of several queues that it looked at together. */
export interface FoundInQueue extends Found {
  readonly subject: RingSubject
}

/** Looks at one snapshot after another of one ring; `before` is undefined for the first, also of a ring that replaced another. */
export type SeriesWatch = (after: RingSubject, before: RingSubject | undefined) => Found[]

/** Looks at a ring and at the one in whose place it is. @param why what shows it, in one phrase */
export type ReplacedTest = (after: RingSubject, before: RingSubject, why: string) => Found[]

/**
 * One thing that can be wrong. What a rule looks at shows in which of its last members it has; `decode` names findings that
 * decoding makes itself, whose code is the rule's id. None of them throws, whatever the ring is.
 */
export interface Rule {
  /** The rule's name, in kebab case. It never changes. */
  readonly id: string
  readonly severity: Severity
  /** What the rule looks for, in one sentence. */
  readonly summary: string
  /** Where it is written: a header, a commit, an advisory, a driver. */
  readonly source: string
  readonly explain: {
    readonly means: string
    readonly why: string
    readonly todo: string
  }
  readonly decode?: true
  readonly ring?: (subject: RingSubject) => Found[]
  /** All queues of a device at one moment. */
  readonly queues?: (subjects: readonly RingSubject[]) => FoundInQueue[]
  readonly xenstore?: (nodes: XenstoreNodes) => Found[]
  readonly series?: () => SeriesWatch
  readonly replaced?: ReplacedTest
}
