// What mutate is asked for.
import type { InputOptions } from '../../inputs/open-options.ts'

export interface MutateOptions extends InputOptions {
  /** A folder, or `-`. */
  readonly output: string
  readonly force: boolean
  readonly seed: number
  readonly count: number
  /** The id of the rule that the rings are to break. */
  readonly rule: string | undefined
  readonly valid: boolean
  readonly folders: boolean
  readonly json: boolean
}
