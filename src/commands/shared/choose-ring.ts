// One ring of an input that may hold several: queues, or a series of snapshots.

import type { Capture } from '../../capture/capture.ts'
import { DumpError } from '../../capture/dump-error.ts'
import { loadDumps } from '../../node/read/folder.ts'
import type { ReadAs } from '../../node/read/input-kind.ts'
import { note } from '../../terminal/failure.ts'
import { displayName } from './display-name.ts'

export interface RingChoice {
  /** Pages of one ring; without it a file is one ring. */
  readonly pages: number | undefined
  readonly readAs?: ReadAs | undefined
  /** Rings of inputs that are memory images. */
  readonly found?: ReadonlyMap<string, Capture> | undefined
  /** Undefined takes the first there is. */
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
export function chooseRing(input: string, { pages, readAs, queue, snapshot, found }: RingChoice): ChosenRing {
  const errors: DumpError[] = []
  const queues = new Set<number | undefined>()
  let snapshots = 0
  let chosen: Capture | undefined
  for (const dump of loadDumps(input, { pages, readAs, onError: (error) => errors.push(error), onNote: note, found })) {
    if (chosen) {
      const how = dump.queue === chosen.queue ? '--snapshot N' : '--queue N'
      return { dump: chosen, more: `one of several: ${how} shows others`, errors: errors.slice() }
    }
    queues.add(dump.queue)
    if (queue !== undefined && dump.queue !== queue) continue
    snapshots = Math.max(snapshots, dump.snapshot + 1)
    if (dump.snapshot === (snapshot ?? 0)) chosen = { ...dump, source: displayName(dump.source, input) }
  }
  if (chosen) return { dump: chosen, more: undefined, errors }
  if (errors[0]) throw errors[0]
  const numbered = [...queues].filter((q) => q !== undefined)
  if (queue !== undefined && !numbered.includes(queue))
    throw new DumpError(
      input,
      `no queue ${queue}`,
      numbered.length === 0 ? 'its rings belong to no queue' : `queues: ${numbered.join(', ')}`,
    )
  throw new DumpError(input, `no snapshot ${snapshot}`, snapshots === 1 ? 'it holds one, 0' : `snapshots: 0 to ${snapshots - 1}`)
}
