// Rings that break one rule and no other, or none: made by chance, and taken where the checker says so.
import { captureOf } from '../capture/capture.ts'
import { type DecodedCapture, decodeCapture } from '../capture/decode-capture.ts'
import { check } from '../check/check.ts'
import type { Rule } from '../check/rule.ts'
import { RULES } from '../check/rules/index.ts'
import type { Mutant } from './draft.ts'
import { chanceOf, Mutator } from './mutator.ts'
import { OPERATORS, operatorAimedAt } from './operators.ts'
import type { MutableRing } from './source.ts'

/** Rings that are looked at for one that is wanted. */
const MAX_ATTEMPTS = 10_000
/** After so many since a ring without was found, notes may come from then on with the rule that is wanted: they are no fault. */
const STRICT_ATTEMPTS = 200
/** Streams of chance between two rings of one seed. */
const STREAMS = MAX_ATTEMPTS

/** A rule that a ring breaks, or `valid`: none but notes. */
export type Aim = Rule | 'valid'

type Written = Pick<Mutant, 'bytes' | 'pages' | 'xenstore'>

function besideOf({ capture }: MutableRing, { bytes, pages, xenstore = capture.xenstore }: Written) {
  const { indirectPages } = capture
  return {
    ...capture,
    bytes,
    xenstore,
    indirectPages: { get: (gref: number) => (pages.has(gref) ? pages.get(gref) : indirectPages.get(gref)) },
  }
}

/** Rules that no ring breaks alone. */
const NEVER_ALONE: Readonly<Record<string, string>> = {
  'page-order-wrong': 'slots across the ends of pages read badly, which breaks nr-segments-zero or a rule of fields too',
  'protocol-contradicts-ring':
    'slots that read badly under the layout which XenStore names break rules of requests or responses too',
  'indirect-segments-unread':
    'requests in flight that share so many pages break indirect-page-shared too, and of answered ones no such ring is known',
}

/** Why no change of one ring breaks a rule and no other; undefined where one may. */
export function outOfReach(rule: Rule, withBeside: boolean): string | undefined {
  const why = NEVER_ALONE[rule.id] ?? notOfOneRing(rule)
  if (why !== undefined || withBeside) return why
  if (OF_PAGES.test(rule.id)) return 'it is about pages beside the ring: --folders writes them'
  return WANTS_XENSTORE.has(rule.id) ? "it looks at XenStore's nodes too: --folders writes them beside the ring" : undefined
}

/** Why a rule is about something else than the bytes of one ring and its pages; undefined where it is about these. */
export function notOfOneRing(rule: Rule): string | undefined {
  if (rule.ring || ONE_MOMENT_SHOWS.has(rule.id)) return undefined
  if (rule.series || rule.replaced) return 'it is about several snapshots of a ring, and this is one'
  if (rule.queues) return 'it is about several queues of a device, and this is one ring'
  if (rule.xenstore) return "it is about XenStore's nodes, which stay as they are"
  return OF_CAPTURE.test(rule.id) ? 'it is about how a ring was captured, not about its bytes' : undefined
}

const OF_CAPTURE =
  /^(?:text|xenstore)-|^(?:snapshot-cut|bytes-after-ring|pages-contradict-xenstore|queues-contradict-xenstore|protocol-unknown)$/
/** Rules of series that break in one of its moments as well. */
const ONE_MOMENT_SHOWS: ReadonlySet<string> = new Set(['response-leak'])
const OF_PAGES = /^indirect-page-(?:size|padding)$/
/** Rules of rings that say nothing without XenStore. */
const WANTS_XENSTORE: ReadonlySet<string> = new Set([
  'discard-long',
  'discard-misaligned',
  'discard-on-read-only',
  'gref-of-ring',
  'handle-differs',
  'indirect-over-offer',
  'io-misaligned',
  'operation-not-offered',
  'sector-past-end',
  'sector-unit',
  'segment-block-missing',
  'write-to-read-only',
])

const LEGAL_OPERATORS = OPERATORS.filter(({ mayBeLegal }) => mayBeLegal)

function mutatorFor(source: MutableRing, aim: Aim): Mutator {
  if (aim === 'valid') return new Mutator(source, LEGAL_OPERATORS)
  const own = operatorAimedAt(aim.id)
  return new Mutator(source, own ? [...OPERATORS, own] : OPERATORS, LEGAL_OPERATORS)
}

/** Rules that nothing but XenStore's nodes can break: where these stay, so does what was found of them. */
const isOfNodesOnly = ({ xenstore, ring, decode, series }: Rule) => xenstore !== undefined && !ring && !decode && !series

/** Makes rings that break a rule and no other, or that stay legal. */
export class AimedMutator {
  readonly #source: MutableRing
  readonly #aim: Aim
  readonly #withBeside: boolean
  readonly #mutator: Mutator
  /** Notes that the ring has as it is. */
  readonly #before: ReadonlyMap<string, Rule>
  readonly #own: readonly Rule[]
  readonly #others: readonly Rule[]
  readonly #othersOfRing: readonly Rule[]
  /** Rings with the rule and notes that the source has not, since the last without. */
  #sinceStrict = 0
  /** Rings that are looked at for one. */
  limit = MAX_ATTEMPTS
  /** Rings that were looked at for the last one. */
  attempts = 0

  constructor(source: MutableRing, aim: Aim, withBeside: boolean) {
    this.#source = source
    this.#aim = aim
    this.#withBeside = withBeside
    this.#own = aim === 'valid' ? [] : [aim]
    const others = RULES.filter((rule) => rule !== aim)
    this.#others = others
    this.#othersOfRing = others.filter((rule) => !isOfNodesOnly(rule))
    const asItIs = check(this.#decoded({ bytes: source.capture.bytes, pages: new Map() }))
    this.#before = new Map(asItIs.map(({ rule }) => [rule.id, rule]))
    this.#mutator = mutatorFor(source, aim)
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
      const isWanted = this.#isWanted(mutant)
      this.#mutator.judge(isWanted)
      if (isWanted) return mutant
    }
    return undefined
  }

  #decoded(written: Written): DecodedCapture {
    const { source } = this.#source
    return decodeCapture(this.#withBeside ? besideOf(this.#source, written) : captureOf(written.bytes, { source }))
  }

  /** The rule itself is looked at first: most rings end there. */
  #isWanted(mutant: Mutant): boolean {
    if (mutant.xenstore && !this.#withBeside) return false
    const decoded = this.#decoded(mutant)
    if (this.#aim !== 'valid' && check(decoded, this.#own).length === 0) return false
    const others = check(decoded, mutant.xenstore ? this.#others : this.#othersOfRing)
    if (others.some(({ rule }) => rule.severity !== 'note')) return false
    if (this.#aim === 'valid') return true
    const isStrict = others.every(({ rule }) => this.#before.has(rule.id))
    if (this.#sinceStrict <= STRICT_ATTEMPTS) this.#sinceStrict = isStrict ? 0 : this.#sinceStrict + 1
    return isStrict || this.#sinceStrict > STRICT_ATTEMPTS
  }
}
