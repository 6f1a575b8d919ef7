// What check is asked for.
import type { BackendName, Rule, Severity } from '../../check/index.ts'
import type { InputOptions } from '../shared/input-flags.ts'

export type CheckFormat = 'text' | 'json' | 'sarif'

export interface CheckOptions extends InputOptions {
  readonly rules: readonly Rule[]
  /** The least severity that is printed and counts for the exit code. */
  readonly severity: Severity
  readonly backend: BackendName | undefined
  readonly format: CheckFormat
  /** Cells of a line of text; Infinity where nothing is folded. */
  readonly width: number
  /** Of this package. */
  readonly version: string
}
