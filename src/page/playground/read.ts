// What was given to a report, as `blkring report` makes it of the same files.

import { filesInMemory } from '../../inputs/files.ts'
import type { Host } from '../../inputs/host.ts'
import { inputsOn } from '../../inputs/inputs.ts'
import type { InputOptions } from '../../inputs/open-options.ts'
import { gatherReport } from '../../report/gather.ts'
import type { RingReport } from '../../report/model.ts'
import { toBase64 } from '../../report/pack.ts'
import { PlayedScenarios } from '../../report/scenarios.ts'
import type { Given } from './given.ts'
import { unpackersFor } from './gunzip.ts'

export interface ReadReport {
  readonly report: RingReport
  /** What the command says on standard error, a line each. */
  readonly errors: readonly string[]
  readonly notes: readonly string[]
}

export async function readGiven({ files, names }: Given, options: InputOptions): Promise<ReadReport> {
  const lying = filesInMemory('.', files, await unpackersFor(files.values()))
  const host: Host = {
    files: lying,
    open: lying.open,
    openNow: lying.open,
    digest: async () => toBase64,
  }
  const errors: string[] = []
  const notes: string[] = []
  const { report } = await gatherReport(names, {
    ...options,
    scenarios: new PlayedScenarios(),
    open: (inputs, how, taking) => inputsOn(host, inputs, { ...how, onNote: (note) => notes.push(note), ...taking }),
    onError: ({ message }) => errors.push(message),
  })
  return { report, errors, notes }
}
