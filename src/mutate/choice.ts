// Which row is taken next: by weights, which learn what makes rings that are wanted.
import type { Random } from '../scenario/file/index.ts'
import type { Operator } from './operators/operator.ts'

/** A row whose ring was wanted is taken so much oftener, and one whose was not so much less: one in four keeps it where it is. */
const [REWARD, PENALTY] = [2, 0.8]
/** The least and the most: no row is ever shut out. */
const [MIN_WEIGHT, MAX_WEIGHT] = [0.25, 256]
/** How finely weights are drawn. */
const DRAWS = 2 ** 32

/** Operators with the weights that they have come to. */
export class Choice {
  readonly operators: readonly Operator[]
  readonly #weights: number[]
  #sum: number

  constructor(operators: readonly Operator[]) {
    this.operators = operators
    this.#weights = operators.map(({ weight }) => weight)
    this.#sum = this.#weights.reduce((a, b) => a + b, 0)
  }

  /** The place of one, at random. */
  next(random: Random): number {
    let at = (random.below(DRAWS) / DRAWS) * this.#sum
    for (let i = 0; i < this.#weights.length; i++) {
      at -= this.#weights[i]!
      if (at < 0) return i
    }
    return this.#weights.length - 1
  }

  /** Whether what the row at this place made was wanted. */
  judge(i: number, isWanted: boolean): void {
    const before = this.#weights[i]!
    const most = Math.max(before, MAX_WEIGHT)
    const after = isWanted ? Math.min(most, before * REWARD) : Math.max(MIN_WEIGHT, before * PENALTY)
    this.#weights[i] = after
    this.#sum += after - before
  }
}
