// Inputs to figures: ring by ring, or many rings of a long file at a time.
import { basename, dirname, join, resolve } from 'node:path'
import { DumpError } from '../../capture/dump-error.ts'
import { memberOf } from '../../capture/dump-names.ts'
import { displayName } from '../../inputs/display-name.ts'
import type { Input } from '../../inputs/inputs.ts'
import type { InputOptions } from '../../inputs/open-options.ts'
import { isDump, type RingPiece } from '../../inputs/ring-stream.ts'
import { isBlocked } from '../../node/read/open-file.ts'
import { EXIT_CLEAN } from '../../terminal/exit-codes.ts'
import { report } from '../../terminal/failure.ts'
import { Watch } from '../../terminal/watch.ts'
import { openedInputs } from '../shared/inputs.ts'
import { type RingName, StatsRings, type StatsRingsOptions } from './rings.ts'

export interface StatsInputsOptions extends StatsRingsOptions, InputOptions {}

/** All rings of the inputs in sum, and the exit code. What cannot be read is reported, and the rest goes on. */
export async function statsOfInputs(
  names: readonly string[],
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
  const watch = new Watch(() => before + snapshots)
  watch.blocked = isBlocked
  watch.listen()
  try {
    for await (const input of openedInputs(names, options, { onError, asStream: true })) {
      for await (const piece of input.pieces(watch.at, (ring) => rings.room(ring, input.name))) {
        const first = isDump(piece) ? piece.snapshot : piece.first
        try {
          rings.add(piece, nameOf(piece, input, options), before + first)
          snapshots = Math.max(snapshots, first + (isDump(piece) ? 1 : piece.rings))
        } catch (error) {
          if (!(error instanceof DumpError)) throw error
          onError(error)
          // What is wrong with rings that are alike is wrong with all of them.
          if (!isDump(piece)) break
        }
        await watch.yieldToEventLoop()
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

/** Each queue of a folder is a ring; a text may hold several queues. */
function nameOf(piece: RingPiece, input: Input, { pages }: StatsInputsOptions): RingName {
  const { name, place } = input
  const queue = isDump(piece) ? piece.queue : undefined
  if (isDump(piece) && input.isFolder) {
    const folder = dirname(piece.source)
    const device = queue === undefined || resolve(folder) === resolve(name) ? folder : dirname(folder)
    return { source: displayName(device, name), queue, key: `input ${place} ${folder}` }
  }
  // Files ring-NNN.bin that are named one by one are one ring's, as those of a folder are.
  if (pages === undefined && memberOf(basename(name))?.moment !== undefined) {
    const folder = dirname(name)
    return { source: displayName(join(folder, 'ring-NNN.bin'), name), queue, key: `series ${resolve(folder)} ${queue}` }
  }
  return { source: displayName(name, name), queue, key: `input ${place} ${queue}` }
}
