// What check is asked for.
import type { BackendName, Rule, Severity } from '../../check/index.ts'
import type { InputOptions } from '../../inputs/open-options.ts'

export type CheckFormat = 'text' | 'json' | 'sarif'

export interface CheckOptions extends InputOptions {
  readonly rules: readonly Rule[]
  /** The least severity that is printed and counts for the exit code. */
  readonly severity: Severity
  readonly backend: BackendName | undefined
  readonly format: CheckFormat
  /** Findings are counted by rule, and no ring is printed. */
  readonly summary: boolean
  /** Of rings that break the same rules in the same fields the first is printed. */
  readonly unique: boolean
  /** Each ring is looked at alone, and none is the next moment of another. */
  readonly apart: boolean
  /** A file of the names of more inputs, or `-`. */
  readonly filesFrom: string | undefined
  /** Cells of a line of text; Infinity where nothing is folded. */
  readonly width: number
  /** Of this package. */
  readonly version: string
}
