// The work of the `decode` command: inputs to lines, with an ear for Ctrl-C. What prints many rings at a time is loaded for long files
// and pipes alone.

import { isDump } from '../../inputs/ring-stream.ts'
import { isBlocked } from '../../node/read/open-file.ts'
import type { Style } from '../../print/style.ts'
import { Watch } from '../../terminal/watch.ts'
import { openedInputs } from '../shared/inputs.ts'
import { type DecodeOptions, DecodeRun } from './printers.ts'
import type { ChunkPrinter } from './stream.ts'

/** Prints every ring of the inputs and returns the exit code. What cannot be read is reported, and the rest goes on. */
export async function decodeInputs(names: readonly string[], style: Style, options: DecodeOptions): Promise<number> {
  const run = new DecodeRun(names.length, style, options)
  const watch = new Watch(() => run.snapshots)
  watch.blocked = isBlocked
  if (options.pages !== undefined) watch.listen()
  let chunks: ChunkPrinter | undefined
  const endChunks = () => {
    chunks?.end()
    chunks = undefined
  }
  const onError: typeof run.onError = (error) => {
    endChunks()
    run.onError(error)
  }
  try {
    for await (const input of openedInputs(names, options, { onError, asStream: true })) {
      const printer = async () => {
        chunks ??= (await import('./stream.ts')).chunkPrinter(input.name, options, run)
        return chunks
      }
      for await (const piece of input.pieces(watch.at, async (ring) => (await printer()).room?.(ring))) {
        if (isDump(piece)) {
          endChunks()
          run.ring(piece, input.name)
        } else {
          const { chunk } = await printer()
          chunk(piece)
        }
        await watch.yieldToEventLoop()
      }
      endChunks()
      run.endInput()
    }
    watch.end()
    return run.end()
  } finally {
    watch.end()
  }
}
