// One ring of an input that may hold several: queues, or a series of snapshots.

import type { Capture } from '../../capture/capture.ts'
import { DumpError } from '../../capture/dump-error.ts'
import { displayName } from '../../inputs/display-name.ts'
import type { InputOptions } from '../../inputs/open-options.ts'
import { openedInput } from './inputs.ts'

export interface RingChoice extends InputOptions {
  /** The queue that was asked for; undefined takes the first there is. */
  readonly queue: number | undefined
  readonly snapshot: number | undefined
}

export interface ChosenRing {
  readonly dump: Capture
  /** What else the input holds, and how to ask for it; undefined where there is nothing else. */
  readonly more: string | undefined
  /** What could not be read on the way. */
  readonly errors: readonly DumpError[]
}

/**
 * Reads no further than to the ring after the one that is wanted.
 * @throws DumpError where there is no such ring, or an input that is none
 */
export async function chooseRing(name: string, choice: RingChoice): Promise<ChosenRing> {
  const errors: DumpError[] = []
  const input = await openedInput(name, choice, { onError: (error) => errors.push(error) })
  const { queue, snapshot } = choice
  const queues = new Set<number | undefined>()
  let snapshots = 0
  let chosen: Capture | undefined
  try {
    for (const dump of input.rings()) {
      if (chosen) {
        const how = dump.queue === chosen.queue ? '--snapshot N' : '--queue N'
        return { dump: chosen, more: `one of several: ${how} shows others`, errors: errors.slice() }
      }
      queues.add(dump.queue)
      if (queue !== undefined && dump.queue !== queue) continue
      snapshots = Math.max(snapshots, dump.snapshot + 1)
      if (dump.snapshot === (snapshot ?? 0)) chosen = { ...dump, source: displayName(dump.source, name) }
    }
  } finally {
    input.close()
  }
  if (chosen) return { dump: chosen, more: undefined, errors }
  if (errors[0]) throw errors[0]
  const numbered = [...queues].filter((q) => q !== undefined)
  if (queue !== undefined && !numbered.includes(queue))
    throw new DumpError(
      name,
      `no queue ${queue}`,
      numbered.length === 0 ? 'its rings belong to no queue' : `queues: ${numbered.join(', ')}`,
    )
  throw new DumpError(name, `no snapshot ${snapshot}`, snapshots === 1 ? 'it holds one, 0' : `snapshots: 0 to ${snapshots - 1}`)
}
