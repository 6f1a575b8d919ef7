// What `decode` prints where every ring goes through objects, one by one.

import { type DecodeOptions, DecodeRun } from '../../src/commands/decode/printers.ts'
import { isSecondStdin, secondStdin } from '../../src/inputs/inputs.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { plainStyle } from '../../src/print/style.ts'

/** @returns the exit code */
export function decodeByObjects(inputs: readonly string[], options: DecodeOptions): number {
  const run = new DecodeRun(inputs.length, plainStyle, options)
  for (const [i, input] of inputs.entries()) {
    if (isSecondStdin(inputs, i)) run.onError(secondStdin())
    else for (const dump of loadDumps(input, { pages: options.pages, onError: run.onError })) run.ring(dump, input)
    run.endInput()
  }
  return run.end()
}
