// Inputs to figures: folders ring by ring, files and pipes many rings at a time.
import { statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Capture } from '../../capture/capture.ts'
import { DumpError } from '../../capture/dump-error.ts'
import { isBlocked } from '../../node/read/byte-source.ts'
import { isOfSeries, loadDumps } from '../../node/read/folder.ts'
import type { ReadAs } from '../../node/read/input-kind.ts'
import { isDump, streamInput } from '../../node/read/ring-stream.ts'
import { EXIT_CLEAN } from '../../terminal/exit-codes.ts'
import { note, report } from '../../terminal/failure.ts'
import { Watch } from '../../terminal/watch.ts'
import { isSecondStdin, isStream, secondStdin } from '../decode/run.ts'
import { displayName } from '../shared/display-name.ts'
import { type RingName, StatsRings, type StatsRingsOptions } from './rings.ts'

export interface StatsInputsOptions extends StatsRingsOptions {
  readonly pages: number | undefined
  readonly readAs?: ReadAs | undefined
}

/** All rings of the inputs in sum, and the exit code. What cannot be read is reported, and the rest goes on. */
export async function statsOfInputs(
  inputs: readonly string[],
  options: StatsInputsOptions,
): Promise<{ rings: StatsRings; exit: number }> {
  const rings = new StatsRings(options)
  let exit = EXIT_CLEAN
  /** Snapshots of the inputs before this one, and of this one so far. */
  let before = 0
  let snapshots = 0
  const onError = (error: DumpError) => {
    exit = report(error)
  }
  /** Whether it could be decoded; else that is reported. */
  const taken = (take: () => void): boolean => {
    try {
      take()
      return true
    } catch (error) {
      if (!(error instanceof DumpError)) throw error
      onError(error)
      return false
    }
  }
  const watch = new Watch(() => before + snapshots)
  watch.blocked = isBlocked
  watch.listen()
  try {
    for (const [i, input] of inputs.entries()) {
      if (isSecondStdin(inputs, i)) onError(secondStdin())
      else if (options.pages !== undefined && isStream(input)) {
        const name = { ...nameOfFile(input, i, options), queue: undefined }
        try {
          for await (const piece of streamInput(input, options.pages, { at: watch.at, readAs: options.readAs, onNote: note })) {
            if (isDump(piece)) {
              rings.dump(piece, piece.queue === undefined ? name : queueOfFile(name, piece), before + piece.snapshot)
              snapshots = Math.max(snapshots, piece.snapshot + 1)
            } else {
              rings.chunk(piece, name, before + piece.first)
              snapshots = piece.first + piece.rings
            }
            await watch.yieldToEventLoop()
          }
        } catch (error) {
          if (!(error instanceof DumpError)) throw error
          onError(error)
        }
      } else {
        const isFolder = isDirectory(input) === true
        for (const dump of loadDumps(input, { pages: options.pages, readAs: options.readAs, onError, onNote: note })) {
          const name = isFolder ? nameInFolder(dump, input, i) : queueOfFile(nameOfFile(input, i, options), dump)
          if (!taken(() => rings.dump(dump, name, before + dump.snapshot))) continue
          snapshots = Math.max(snapshots, dump.snapshot + 1)
          await watch.yieldToEventLoop()
        }
      }
      before += snapshots
      snapshots = 0
    }
    rings.end()
    return { rings, exit }
  } finally {
    watch.end()
  }
}

/** Each queue of a folder is a ring. */
function nameInFolder({ source, queue }: Capture, input: string, i: number): RingName {
  const folder = dirname(source)
  const device = queue === undefined || resolve(folder) === resolve(input) ? folder : dirname(folder)
  return { source: displayName(device, input), queue, key: `input ${i} ${folder}` }
}

/** Files ring-NNN.bin that are named one by one are one ring's, as those of a folder are. */
function nameOfFile(input: string, i: number, { pages }: StatsInputsOptions): Omit<RingName, 'queue'> {
  if (pages !== undefined || !isOfSeries(basename(input))) return { source: displayName(input, input), key: `input ${i}` }
  const folder = dirname(input)
  return { source: displayName(join(folder, 'ring-NNN.bin'), input), key: `series ${resolve(folder)}` }
}

/** A text may hold several queues. */
function queueOfFile({ source, key }: Omit<RingName, 'queue'>, { queue }: Capture): RingName {
  return { source, queue, key: `${key} ${queue ?? ''}` }
}

/** Undefined where there is nothing of that name, or nothing can be said of it. */
function isDirectory(path: string): boolean | undefined {
  try {
    return statSync(path).isDirectory()
  } catch {
    return undefined
  }
}
