// The rings of one file, with what lies around it.
import { basename } from 'node:path'
import { captureBeside, type RingAlone } from '../capture/beside.ts'
import type { Capture } from '../capture/capture.ts'
import { memberOf } from '../capture/dump-names.ts'
import type { RecognisedInput } from './kinds/kind.ts'
import type { OpenOptions } from './open-options.ts'

/** @param several the file is one ring after another */
export function* dumpsOf(
  { path, around, source }: RecognisedInput,
  rings: Iterable<RingAlone>,
  several: boolean,
  { pages }: OpenOptions,
): Generator<Capture> {
  const number = pages === undefined ? memberOf(basename(path))?.moment : undefined
  const { queue, devices, grants, extracted } = around
  const name = basename(path)
  const indirectPages = around.pages?.of(name, several)
  const beside = { queue, devices, grants, extracted, indirectPages, dataPages: around.pages?.dataOf(name) }
  let snapshot = 0
  try {
    for (const ring of rings) {
      yield captureBeside(ring, beside, { source: several ? `${path}[${snapshot}]` : path, snapshot, number })
      snapshot++
    }
  } finally {
    source.close()
  }
}
