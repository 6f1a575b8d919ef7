// Inputs to rings to text, one ring in memory at a time.
import { DumpError } from '../dump/dump-error.ts'
import { loadDumps } from '../dump/folder.ts'
import type { Style } from '../render/style.ts'
import { type DecodeOptions, DecodeRun } from './decode-run.ts'

/** Prints every ring of the inputs and returns the exit code. What cannot be read is reported, and the rest goes on. */
export function decodeInputs(inputs: readonly string[], style: Style, options: DecodeOptions): number {
  const run = new DecodeRun(inputs.length, style, options)
  for (const [i, input] of inputs.entries()) {
    if (isSecondStdin(inputs, i)) run.onError(secondStdin())
    else for (const dump of loadDumps(input, { pages: options.pages, onError: run.onError })) run.ring(dump, input)
    run.endInput()
  }
  return run.end()
}

export function isSecondStdin(inputs: readonly string[], i: number): boolean {
  return inputs[i] === '-' && inputs.indexOf('-') < i
}

export function secondStdin(): DumpError {
  return new DumpError('-', 'standard input can be read only once')
}
