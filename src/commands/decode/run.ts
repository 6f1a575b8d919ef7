// The work of the `decode` command: dump folders and single rings one by one, files and pipes of many rings by
// `decodeStream`, whose code is loaded for them alone; with an ear for Ctrl-C.
import { statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { DumpError } from '../../capture/dump-error.ts'
import { hasSurroundings, loadDumps } from '../../node/read/folder.ts'
import type { Style } from '../../print/style.ts'
import { note } from '../../terminal/failure.ts'
import { Watch } from '../../terminal/watch.ts'
import { type DecodeOptions, DecodeRun } from './printers.ts'

/** How far a folder is in bytes nobody asks. */
const UNMEASURED = { position: 0, size: undefined }

/** Prints every ring of the inputs and returns the exit code. What cannot be read is reported, and the rest goes on. */
export async function decodeInputs(inputs: readonly string[], style: Style, options: DecodeOptions): Promise<number> {
  const run = new DecodeRun(inputs.length, style, options)
  const watch = new Watch(() => run.snapshots)
  try {
    for (const [i, input] of inputs.entries()) {
      if (isSecondStdin(inputs, i)) run.onError(secondStdin())
      else if (options.pages !== undefined && isStream(input)) {
        const { decodeStream } = await import('./stream.ts')
        await decodeStream(input, options.pages, options, run, watch)
      } else
        for (const dump of loadDumps(input, { ...options, onError: run.onError, onNote: note })) {
          run.ring(dump, input)
          watch.at(UNMEASURED)
          await watch.yieldToEventLoop()
        }
      run.endInput()
    }
    watch.end()
    return run.end()
  } finally {
    watch.end()
  }
}

/** Where it is of many rings: nothing lies around them that would have to be read with them. */
export function isStream(input: string): boolean {
  return input === '-' || (isDirectory(input) === false && !hasSurroundings(dirname(input), basename(input)))
}

/** Undefined where there is nothing of that name, or nothing can be said of it. */
function isDirectory(path: string): boolean | undefined {
  try {
    return statSync(path).isDirectory()
  } catch {
    return undefined
  }
}

export function isSecondStdin(inputs: readonly string[], i: number): boolean {
  return inputs[i] === '-' && inputs.indexOf('-') < i
}

export function secondStdin(): DumpError {
  return new DumpError('-', 'standard input can be read only once')
}
