// The work of `inspect`: one ring to the view of it that was asked for.

import { decodeCapture } from '../../capture/decode-capture.ts'
import { EXIT_CLEAN, EXIT_FAILED } from '../../terminal/exit-codes.ts'
import { report } from '../../terminal/failure.ts'
import { write } from '../../terminal/output.ts'
import { chooseRing, type RingChoice } from '../shared/choose-ring.ts'
import type { HexdumpOptions } from './hexdump.ts'
import { inspectJson } from './json.ts'
import { type TargetOptions, targetOf } from './target.ts'
import { inspectLines, ringViewOf } from './text.ts'

export interface InspectOptions extends RingChoice, TargetOptions {
  readonly form: 'bytes' | 'picture' | 'tree'
  readonly json: boolean
}

/** Prints the view and returns the exit code: findings are marked where they lie, and are no failure of a viewer. */
export async function inspect(input: string, options: InspectOptions, text: HexdumpOptions): Promise<number> {
  const { dump, more, errors } = await chooseRing(input, options)
  const decoded = decodeCapture(dump, options.abi, options.sectorUnit)
  const target = targetOf(ringViewOf(decoded), dump.source, options)
  if (options.json) for (const piece of inspectJson(decoded, target, options.form)) write(piece)
  else for (const line of inspectLines(decoded, target, options.form, more, text)) write(`${line}\n`)
  for (const error of errors) report(error)
  return errors.length > 0 ? EXIT_FAILED : EXIT_CLEAN
}
