import type { Random } from '../../scenario/file/index.ts'
import type { Draft } from '../draft.ts'

/** One way to change a ring. */
export interface Operator {
  readonly name: string
  /** What it does, in a few words. */
  readonly about: string
  /** How often it is taken, against the others. */
  readonly weight: number
  /** Of a ring that breaks no rule it may make another that breaks none. */
  readonly mayBeLegal?: true
  /** @returns whether the ring was changed */
  apply(draft: Draft, random: Random): boolean
}
