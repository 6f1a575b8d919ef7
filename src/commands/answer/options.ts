import type { AnsweringBackend } from '../../blkback/index.ts'
import type { InputOptions } from '../../inputs/open-options.ts'

export interface AnswerCommandOptions extends InputOptions {
  readonly image: string
  readonly backend: AnsweringBackend
  readonly reversed: boolean
  /** The folder to write; undefined for none. */
  readonly output: string | undefined
  /** The image itself is changed. */
  readonly write: boolean
  readonly json: boolean
}
