// What many rings have in common: findings by rule, and rings that break the same rules in the same fields. As large as there are rules and
// kinds, however many rings come.
import { type CheckFinding, type DecodedRing, type Rule, SEVERITIES } from '../../check/index.ts'

/** The place of a finding, as the output names it. */
export interface Example {
  readonly source: string
  readonly queue: number | undefined
  readonly snapshot: number
  readonly slot: number | undefined
  readonly offset: number | undefined
  readonly message: string
}

/** What a rule found in all rings. */
export interface RuleCount {
  readonly rule: Rule
  findings: number
  rings: number
  /** The first finding. */
  readonly example: Example
}

/** Rings that break the same rules in the same fields. */
export interface RingKind {
  readonly rules: readonly string[]
  rings: number
  readonly first: Pick<Example, 'source' | 'queue' | 'snapshot'>
}

/** Kinds that are told apart: rings of others are counted together. */
const MAX_KINDS = 65_536

export class Tally {
  readonly #rules = new Map<Rule, RuleCount>()
  readonly #kinds = new Map<string, RingKind>()
  /** Rings of kinds beyond those that are told apart. */
  others = 0

  /** @returns whether no ring before was of the same kind */
  add(decoded: DecodedRing, findings: readonly CheckFinding[]): boolean {
    if (findings.length === 0) return false
    const { source, queue, snapshot } = decoded.capture
    const inRing = new Set<Rule>()
    for (const { rule, slot, offset, message } of findings) {
      const known = this.#rules.get(rule)
      if (!known)
        this.#rules.set(rule, { rule, findings: 1, rings: 1, example: { source, queue, snapshot, slot, offset, message } })
      else {
        known.findings++
        if (!inRing.has(rule)) known.rings++
      }
      inRing.add(rule)
    }
    const key = kindOf(decoded, findings)
    const kind = this.#kinds.get(key)
    if (kind) kind.rings++
    else if (this.#kinds.size >= MAX_KINDS) this.others++
    else this.#kinds.set(key, { rules: [...inRing].map(({ id }) => id).sort(), rings: 1, first: { source, queue, snapshot } })
    return !kind && this.others === 0
  }

  /** The gravest first, of one severity the most frequent. */
  get rules(): readonly RuleCount[] {
    const grave = ({ rule }: RuleCount) => SEVERITIES.indexOf(rule.severity)
    return [...this.#rules.values()].sort((a, b) => grave(a) - grave(b) || b.rings - a.rings || (a.rule.id < b.rule.id ? -1 : 1))
  }

  /** The most frequent first. */
  get kinds(): readonly RingKind[] {
    return [...this.#kinds.values()].sort((a, b) => b.rings - a.rings)
  }
}

/** Rules with the field in the slot, whichever slot that is. */
function kindOf({ ring: { geometry } }: DecodedRing, findings: readonly CheckFinding[]): string {
  const places = findings.map(({ rule, slot, offset }) => {
    if (offset === undefined) return rule.id
    return `${rule.id}@${slot === undefined ? offset : (offset - geometry.slotsAt) % geometry.stride}`
  })
  return [...new Set(places)].sort().join(' ')
}
