// Rings of chance from a seed. The n-th is the same whatever was asked for before it, until it is said which rings are wanted.
import { Random } from '../scenario/file/index.ts'
import { Choice } from './choice.ts'
import { Draft, type Mutant } from './draft.ts'
import type { Operator } from './operators/operator.ts'
import { OPERATORS } from './operators.ts'
import type { MutableRing } from './source.ts'

/** Rows that find nothing to change in a ring before it is given up. */
const MAX_TRIES = 64
/** One ring in so many has more than one change. */
const SEVERAL = 4

/** Changes a ring as its operators do. */
export class Mutator {
  readonly #source: MutableRing
  readonly #first: Choice
  readonly #beside: Choice
  /** Rows that made the last ring: the first change, and the others. */
  #last: readonly number[] = []

  /** @param beside rows for the second and third change of a ring; without them the same as for the first */
  constructor(source: MutableRing, operators: readonly Operator[] = OPERATORS, beside?: readonly Operator[]) {
    this.#source = source
    this.#first = new Choice(operators)
    this.#beside = beside ? new Choice(beside) : this.#first
  }

  /** A ring that differs; undefined where nothing of it can be changed. */
  next(random: Random): Mutant | undefined {
    const draft = new Draft(this.#source)
    const wanted = random.below(SEVERAL) === 0 ? 2 + random.below(2) : 1
    const taken: number[] = []
    for (let tries = 0; taken.length < wanted && tries < MAX_TRIES; tries++) {
      const choice = taken.length === 0 ? this.#first : this.#beside
      const i = choice.next(random)
      if (choice.operators[i]!.apply(draft, random)) taken.push(i)
    }
    this.#last = taken
    return taken.length > 0 ? draft : undefined
  }

  /** Whether the last ring is of those that are looked for: what makes such is taken more often. */
  judge(isWanted: boolean): void {
    for (const [k, i] of this.#last.entries()) {
      // Of a ring with several changes that is not wanted, the later ones are the likelier fault: the first may be aimed.
      if (k > 0) this.#beside.judge(i, isWanted)
      else if (isWanted || this.#last.length === 1) this.#first.judge(i, isWanted)
    }
  }
}

/** The chance of the n-th ring of a seed. */
export function chanceOf(seed: number, n: number): Random {
  return new Random(seed, n)
}
