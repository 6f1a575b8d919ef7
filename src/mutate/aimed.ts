// Rings that break one rule and no other, or none: made by chance, and taken where the checker says so.
import { captureOf } from '../capture/capture.ts'
import { decodeCapture } from '../capture/decode-capture.ts'
import { check } from '../check/check.ts'
import type { Rule } from '../check/rule.ts'
import type { Mutant } from './draft.ts'
import { chanceOf, Mutator } from './mutator.ts'
import type { Operator } from './operators/operator.ts'
import { OPERATORS, OPERATORS_OF_RULES } from './operators.ts'
import type { MutableRing } from './source.ts'

/** Rings that are looked at for one that is wanted. */
const MAX_ATTEMPTS = 10_000
/** After so many, notes may come with the rule that is wanted: they are no fault. */
const STRICT_ATTEMPTS = 1000
/** Streams of chance between two rings of one seed. */
const STREAMS = MAX_ATTEMPTS

/** A rule that a ring breaks, or `valid`: none but notes. */
export type Aim = Rule | 'valid'

/** The ids of the rules that a ring breaks, with what lies beside it where that is written as well. */
export function brokenRules(source: MutableRing, mutant: Pick<Mutant, 'bytes' | 'pages'>, withBeside: boolean): Map<string, Rule> {
  const decoded = decodeCapture(withBeside ? besideOf(source, mutant) : captureOf(mutant.bytes, { source: source.source }))
  return new Map(check(decoded).map(({ rule }) => [rule.id, rule]))
}

function besideOf({ capture }: MutableRing, { bytes, pages }: Pick<Mutant, 'bytes' | 'pages'>) {
  const { indirectPages } = capture
  return {
    ...capture,
    bytes,
    indirectPages: { get: (gref: number) => (pages.has(gref) ? pages.get(gref) : indirectPages.get(gref)) },
  }
}

/** Rules that no ring breaks alone. */
const NEVER_ALONE: Readonly<Record<string, string>> = {
  'page-order-wrong': 'slots across the ends of pages read badly, which breaks nr-segments-zero or a rule of fields too',
  'indirect-segments-unread': 'requests that share so many pages break indirect-page-shared too',
}

/** Why no change of one ring breaks a rule; undefined where one may. */
export function outOfReach(rule: Rule, withBeside: boolean): string | undefined {
  if (rule.id in NEVER_ALONE) return NEVER_ALONE[rule.id]
  if (rule.ring) return undefined
  if (rule.series || rule.replaced) return 'it is about several snapshots of a ring, and this is one'
  if (rule.queues) return 'it is about several queues of a device, and this is one ring'
  if (rule.xenstore) return "it is about XenStore's nodes, which stay as they are"
  if (OF_CAPTURE.test(rule.id)) return 'it is about how a ring was captured, not about its bytes'
  return OF_PAGES.test(rule.id) && !withBeside ? 'it is about pages beside the ring: --folders writes them' : undefined
}

const OF_CAPTURE =
  /^(?:text|xenstore)-|^(?:snapshot-cut|bytes-after-ring|pages-contradict-xenstore|queues-contradict-xenstore|protocol-unknown)$/
const OF_PAGES = /^indirect-page-(?:size|padding)$/

function operatorsFor(aim: Aim): readonly Operator[] {
  if (aim === 'valid') return OPERATORS.filter(({ mayBeLegal }) => mayBeLegal)
  const own = OPERATORS_OF_RULES[aim.id]
  return own ? [...OPERATORS, own] : OPERATORS
}

/** Makes rings that break a rule and no other, or that stay legal. */
export class AimedMutator {
  readonly #source: MutableRing
  readonly #aim: Aim
  readonly #withBeside: boolean
  readonly #mutator: Mutator
  /** Notes that the ring has as it is. */
  readonly #before: ReadonlyMap<string, Rule>
  /** Rings that are looked at for one. */
  limit = MAX_ATTEMPTS
  /** Rings that were looked at for the last one. */
  attempts = 0

  constructor(source: MutableRing, aim: Aim, withBeside: boolean) {
    this.#source = source
    this.#aim = aim
    this.#withBeside = withBeside
    this.#before = brokenRules(source, { bytes: source.capture.bytes, pages: new Map() }, withBeside)
    this.#mutator = new Mutator(source, operatorsFor(aim))
  }

  /** Rules that the ring breaks as it is, and is not to: every ring made of it would break them. */
  get inTheWay(): readonly string[] {
    return [...this.#before.values()].filter((rule) => rule.severity !== 'note' && rule !== this.#aim).map(({ id }) => id)
  }

  /** The n-th ring of a seed; undefined where none was found. */
  next(seed: number, n: number): Mutant | undefined {
    for (this.attempts = 1; this.attempts <= this.limit; this.attempts++) {
      const mutant = this.#mutator.next(chanceOf(seed, n * STREAMS + this.attempts))
      if (!mutant) return undefined
      if (!this.#isWanted(mutant)) continue
      this.#mutator.reward()
      return mutant
    }
    return undefined
  }

  #isWanted(mutant: Mutant): boolean {
    const broken = brokenRules(this.#source, mutant, this.#withBeside)
    if (this.#aim === 'valid') return [...broken.values()].every(({ severity }) => severity === 'note')
    if (!broken.has(this.#aim.id)) return false
    const notesToo = this.attempts > STRICT_ATTEMPTS
    return [...broken.values()].every(
      (rule) => rule === this.#aim || (rule.severity === 'note' && (notesToo || this.#before.has(rule.id))),
    )
  }
}
