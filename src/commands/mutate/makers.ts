// Which ring the next is made of, and how: any, one that breaks a rule alone, or one that breaks none.
import { AimedMutator, outOfReach } from '../../mutate/aimed.ts'
import type { Mutant } from '../../mutate/draft.ts'
import { chanceOf, Mutator } from '../../mutate/mutator.ts'
import type { MutableRing } from '../../mutate/source.ts'
import { warn } from '../../terminal/failure.ts'
import { ruleNamed } from '../shared/rule-named.ts'
import type { MutateOptions } from './options.ts'

export interface Makers {
  /** The n-th ring of a seed. @throws Error where none can be made, and why */
  next(seed: number, n: number): readonly [MutableRing, Mutant]
}

export function makersOf(sources: readonly MutableRing[], options: Pick<MutateOptions, 'rule' | 'valid' | 'folders'>): Makers {
  const { rule, valid } = options
  if (rule === undefined && !valid) return ofAny(sources)
  return ofAimed(sources, options)
}

/** Each in its turn. */
function ofAny(sources: readonly MutableRing[]): Makers {
  const mutators = sources.map((source) => [source, new Mutator(source)] as const)
  return {
    next(seed, n) {
      for (let i = 0; i < mutators.length; i++) {
        const [source, mutator] = mutators[(n + i) % mutators.length]!
        const mutant = mutator.next(chanceOf(seed, n))
        if (mutant) return [source, mutant]
      }
      throw new Error('nothing of these rings can be changed')
    },
  }
}

function ofAimed(sources: readonly MutableRing[], { rule: id, folders }: Pick<MutateOptions, 'rule' | 'folders'>): Makers {
  const rule = id === undefined ? undefined : ruleNamed(id, '--rule')
  const why = rule && outOfReach(rule, folders)
  if (why !== undefined) throw new Error(`--rule ${id}: no ring is made that breaks it: ${why}`)
  const what = rule ? `breaks ${rule.id} and no other rule` : 'breaks no rule'
  let left = sources.flatMap((source) => {
    const aimed = new AimedMutator(source, rule ?? 'valid', folders)
    const { inTheWay } = aimed
    if (inTheWay.length === 0) return [{ source, aimed }]
    warn(`${source.source}: left out: it breaks ${inTheWay.join(', ')} as it is`)
    return []
  })
  return {
    next(seed, n) {
      while (left.length > 0) {
        const maker = left[n % left.length]!
        const mutant = maker.aimed.next(seed, n)
        if (mutant) return [maker.source, mutant]
        warn(`${maker.source.source}: left out: of ${maker.aimed.limit} rings made of it none ${what}`)
        left = left.filter((one) => one !== maker)
      }
      throw new Error(
        `no ring that ${what} could be made of these; take one that has what the rule is about (blkring check --explain RULE)`,
      )
    },
  }
}
