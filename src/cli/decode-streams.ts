// The work of the `decode` command: folders ring by ring, files and pipes many rings at a time, with an ear for Ctrl-C.
import { statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DumpError } from '../dump/dump-error.ts'
import { loadDumps, RING, XENSTORE } from '../dump/folder.ts'
import type { RingDump } from '../dump/ring-dump.ts'
import { type RingChunk, streamRings } from '../dump/ring-stream.ts'
import { ByteSink } from '../render/byte-sink.ts'
import type { Style } from '../render/style.ts'
import { ColumnDecoder, linesTo } from './decode-columns.ts'
import { isSecondStdin, secondStdin } from './decode-inputs.ts'
import { type DecodeOptions, DecodeRun } from './decode-run.ts'
import { writeBytes } from './output.ts'
import { Watch } from './watch.ts'

const OUTPUT = 128 * 1024

/** Prints every ring of the inputs and returns the exit code. What cannot be read is reported, and the rest goes on. */
export async function decodeStreams(inputs: readonly string[], style: Style, options: DecodeOptions): Promise<number> {
  const run = new DecodeRun(inputs.length, style, options)
  const watch = new Watch(() => run.snapshots)
  try {
    for (const [i, input] of inputs.entries()) {
      if (isSecondStdin(inputs, i)) run.onError(secondStdin())
      else if (isStream(input)) await decodeStream(input, options, run, watch)
      else
        for (const dump of loadDumps(input, { pages: options.pages, onError: run.onError })) {
          run.ring(dump, input)
          await watch.turn()
        }
      run.endInput()
    }
    watch.end()
    return run.end()
  } finally {
    watch.end()
  }
}

/** Nothing lies around the rings that would have to be read with them: standard input, or a file that is in no dump folder. */
export function isStream(input: string): boolean {
  if (input === '-') return true
  if (isDirectory(input) !== false) return false
  return !RING.test(basename(input)) || isDirectory(join(dirname(input), XENSTORE)) === undefined
}

/** Undefined where there is nothing of that name, or nothing can be said of it. */
function isDirectory(path: string): boolean | undefined {
  try {
    return statSync(path).isDirectory()
  } catch {
    return undefined
  }
}

async function decodeStream(input: string, options: DecodeOptions, run: DecodeRun, watch: Watch): Promise<void> {
  const print =
    options.format === 'ndjson' || options.format === 'csv'
      ? linePrinter(options, options.format, run)
      : objectPrinter(input, options, run)
  try {
    for await (const chunk of streamRings(input, options.pages, watch.at)) {
      print.chunk(chunk)
      await watch.turn()
    }
  } catch (error) {
    print.end()
    if (!(error instanceof DumpError)) throw error
    run.onError(error)
  }
  print.end()
}

interface ChunkPrinter {
  chunk(chunk: RingChunk): void
  end(): void
}

function objectPrinter(input: string, { pages }: DecodeOptions, run: DecodeRun): ChunkPrinter {
  return {
    chunk({ bytes, rings, first, cut }) {
      const size = bytes.length / rings
      for (let i = 0; i < rings; i++) {
        const snapshot = first + i
        run.ring(
          dumpOf(pages === undefined ? input : `${input}[${snapshot}]`, bytes.subarray(i * size, (i + 1) * size), snapshot, cut),
          input,
        )
      }
    },
    end() {},
  }
}

function linePrinter(options: DecodeOptions, format: 'ndjson' | 'csv', run: DecodeRun): ChunkPrinter {
  const sink = new ByteSink(OUTPUT, writeBytes)
  let columns: ColumnDecoder | undefined
  return {
    chunk(chunk) {
      const { bytes, rings, first, cut } = chunk
      // The rows of a ring that was cut off are fewer than its indices say.
      if (cut !== undefined) {
        sink.flush()
        run.ring(dumpOf('', Uint8Array.from(bytes), first, cut), '')
        return
      }
      const size = bytes.length / rings
      columns ??= new ColumnDecoder(options, linesTo(sink, format), size, Math.max(rings, 64))
      // One ring alone may have to wait for a second.
      const kept = rings === 1 ? Uint8Array.from(bytes) : bytes
      run.rings(first, rings, (number) => {
        run.findings += columns!.print(kept, number)
        // It may print when the input has ended, and one ring of a live pipe should be seen at once.
        if (rings === 1) sink.flush()
      })
    },
    end: () => sink.flush(),
  }
}

export function dumpOf(source: string, bytes: Uint8Array, snapshot: number, cut: number | undefined): RingDump {
  const findings =
    cut === undefined
      ? []
      : [
          {
            code: 'snapshot-cut',
            message: `the input ends ${cut} bytes into this ring of ${bytes.length}; slots that are not whole are left out`,
          },
        ]
  return {
    source,
    queue: undefined,
    snapshot,
    number: undefined,
    bytes,
    cut,
    indirectPages: new Map(),
    xenstore: undefined,
    findings,
  }
}
