// Runs the rules over the rings of one input, in the order in which they are read. Of a series one ring is kept, and one of
// each queue of a device.

import type { DecodedRing } from '../capture/decoded-ring.ts'
import { type RingLook, replacedBy } from '../codec/ring/replaced.ts'
import type { XenstoreNodes } from '../xenstore/nodes.ts'
import { fitted } from './fitting-unit.ts'
import type { Found, Rule, SeriesWatch } from './rule.ts'
import { RULES } from './rules/index.ts'
import { type RingSubject, subjectOf } from './subject.ts'

/** Something that a rule found, with the rule and the ring that it was found in. */
export interface CheckFinding extends Found {
  readonly rule: Rule
  readonly decoded: DecodedRing
}

/** A run of the rules over the rings of one device, which are given one by one. */
export interface Checker {
  /** What is wrong with a ring, alone and as the next of its series, by offset. */
  ring(decoded: DecodedRing): CheckFinding[]
  /** What is wrong between the queues of the device, once all rings of the input were seen. */
  end(): CheckFinding[]
}

/** A ring's place among the rings of an input. */
interface Track {
  readonly watches: readonly { readonly rule: Rule; readonly watch: SeriesWatch }[]
  last: RingSubject | undefined
  /** Rings seen of this queue: those of several moments are not held against other queues. */
  seen: number
}

/** Rules by what they look at. */
interface Plan {
  readonly byDecoder: ReadonlyMap<string, Rule>
  readonly ofRing: readonly Runs<'ring'>[]
  readonly ofQueues: readonly Runs<'queues'>[]
  readonly ofXenstore: readonly Runs<'xenstore'>[]
  readonly ofSeries: readonly Runs<'series'>[]
  readonly ofReplaced: readonly Runs<'replaced'>[]
}

interface Runs<K extends keyof Rule> {
  readonly rule: Rule
  readonly run: NonNullable<Rule[K]>
}

const plans = new WeakMap<readonly Rule[], Plan>()

function planOf(rules: readonly Rule[]): Plan {
  const having = <K extends keyof Rule>(key: K) =>
    rules.flatMap((rule): Runs<K>[] => (rule[key] === undefined ? [] : [{ rule, run: rule[key] as NonNullable<Rule[K]> }]))
  const plan = plans.get(rules) ?? {
    byDecoder: new Map(rules.filter((rule) => rule.decode).map((rule) => [rule.id, rule])),
    ofRing: having('ring'),
    ofQueues: having('queues'),
    ofXenstore: having('xenstore'),
    ofSeries: having('series'),
    ofReplaced: having('replaced'),
  }
  plans.set(rules, plan)
  return plan
}

function lookOf(subject: RingSubject): RingLook {
  const { ring } = subject
  return { sring: ring.sring, nr_ents: ring.geometry.nr_ents, shown: subject }
}

/**
 * Begins a run of the rules over the rings of one device. Of a series one ring is kept, and one of each queue.
 * @param rules those to run, of `RULES`
 */
export function createChecker(rules: readonly Rule[] = RULES): Checker {
  const { byDecoder, ofRing, ofQueues, ofXenstore, ofSeries, ofReplaced } = planOf(rules)
  const tracks = new Map<number | undefined, Track>()
  const devices = new Set<string>()
  let lastNodes: XenstoreNodes | undefined

  return { ring, end }

  function ring(decoded: DecodedRing): CheckFinding[] {
    const subject = fitted(subjectOf(decoded))
    const findings: CheckFinding[] = []
    const add = (rule: Rule, found: readonly Found[]) => {
      for (const { message, slot, offset } of found) findings.push({ rule, message, slot, offset, decoded })
    }
    checkXenstore(subject, add)
    // What decoding finds in a torn slot is no fault of anybody's: the rule slot-torn has it.
    const torn = new Set(subject.torn.map(({ slot }) => slot))
    for (const { code, ...found } of decoded.findings) {
      const rule = byDecoder.get(code)
      if (rule && !(found.slot !== undefined && torn.has(found.slot))) add(rule, [found])
    }
    const { indices, missing } = subject.ring
    // Without its producers nothing can be said of a ring, and without an event nothing of its indices.
    if (indices === 'unknown') return findings
    const header = missing.indices.length > 0 ? subject.ring.geometry.slotsAt : 0
    for (const { rule, run } of ofRing)
      add(
        rule,
        run(subject).filter(({ offset }) => header === 0 || (offset !== undefined && offset >= header)),
      )
    if (missing.indices.length > 0) return findings
    const track = trackOf(decoded.capture.queue)
    const { last } = track
    const replacement = last && replacedBy(lookOf(last), lookOf(subject))
    if (last && replacement) for (const { rule, run } of ofReplaced) add(rule, run(subject, last, replacement.why))
    const before = replacement ? undefined : last
    for (const { rule, watch } of track.watches) add(rule, watch(subject, before))
    track.last = subject
    track.seen++
    return findings.sort((a, b) => (a.offset ?? -1) - (b.offset ?? -1))
  }

  function end(): CheckFinding[] {
    const queues = [...tracks.values()]
      .filter(({ seen, last }) => seen === 1 && last?.decoded.capture.queue !== undefined)
      .map(({ last }) => last!)
    if (queues.length < 2) return []
    return ofQueues.flatMap(({ rule, run }) => run(queues).map(({ subject, ...f }) => ({ ...f, rule, decoded: subject.decoded })))
  }

  /** The device is the same for all rings of a folder: what is wrong with it is said with the first. */
  function checkXenstore({ xenstore }: RingSubject, add: (rule: Rule, found: readonly Found[]) => void): void {
    if (!xenstore || xenstore === lastNodes) return
    lastNodes = xenstore
    for (const { rule, run } of ofXenstore)
      for (const found of run(xenstore)) {
        const key = `${rule.id} ${found.message}`
        if (!devices.has(key)) add(rule, [found])
        devices.add(key)
      }
  }

  function trackOf(queue: number | undefined): Track {
    let track = tracks.get(queue)
    if (!track) {
      track = { watches: ofSeries.map(({ rule, run }) => ({ rule, watch: run() })), last: undefined, seen: 0 }
      tracks.set(queue, track)
    }
    return track
  }
}
