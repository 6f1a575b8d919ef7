// Rings of chance from a seed: the n-th is the same whatever was asked for before it.
import { Random } from '../scenario/file/index.ts'
import { Draft, type Mutant } from './draft.ts'
import type { Operator } from './operators/operator.ts'
import { OPERATORS } from './operators.ts'
import type { MutableRing } from './source.ts'

/** Rows that find nothing to change in a ring before it is given up. */
const MAX_TRIES = 64
/** A row that is rewarded is taken so often, against weights of 1 and more. */
const MAX_WEIGHT = 256
/** One ring in so many has more than one change. */
const SEVERAL = 4

/** Changes a ring as its operators do. */
export class Mutator {
  readonly #source: MutableRing
  readonly #operators: readonly Operator[]
  readonly #weights: number[]
  #sum: number
  #last: readonly number[] = []

  constructor(source: MutableRing, operators: readonly Operator[] = OPERATORS) {
    this.#source = source
    this.#operators = operators
    this.#weights = operators.map(({ weight }) => weight)
    this.#sum = sumOf(this.#weights)
  }

  /** A ring that differs; undefined where nothing of it can be changed. */
  next(random: Random): Mutant | undefined {
    const draft = new Draft(this.#source)
    const wanted = random.below(SEVERAL) === 0 ? 2 + random.below(2) : 1
    const taken: number[] = []
    for (let tries = 0; taken.length < wanted && tries < MAX_TRIES; tries++) {
      const i = this.#choose(random)
      if (this.#operators[i]!.apply(draft, random)) taken.push(i)
    }
    this.#last = taken
    return taken.length > 0 ? draft : undefined
  }

  /** The last ring was of those that are looked for: what made it is taken more often, and no row is ever shut out. */
  reward(): void {
    for (const i of this.#last) this.#weights[i]! = Math.min(MAX_WEIGHT, this.#weights[i]! * 2)
    this.#sum = sumOf(this.#weights)
  }

  #choose(random: Random): number {
    let at = random.below(this.#sum)
    for (let i = 0; i < this.#weights.length; i++) {
      at -= this.#weights[i]!
      if (at < 0) return i
    }
    return this.#weights.length - 1
  }
}

const sumOf = (weights: readonly number[]) => weights.reduce((a, b) => a + b, 0)

/** The chance of the n-th ring of a seed. */
export function chanceOf(seed: number, n: number): Random {
  return new Random(seed, n)
}
