// A recorded vector made a scenario file runs as it was recorded: the ring ends up with the bytes of the real driver.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileOfScenario, scriptOf } from '../../../src/scenario/file/index.ts'
import { Player } from '../../../src/scenario/player/index.ts'
import { scenarioOf } from '../../../src/scenario/vector.ts'
import { readVectors, resumeFiles, vectorFiles } from '../../blkfront/read-vectors.ts'
import { describeShared, SHARED } from '../../support/shared.ts'

/** Those of a device with several queues that is not suspended. */
function runQueues(folder: string, file: string): void {
  for (const vector of readVectors(folder, file)) {
    const { config, events, name } = vector
    if ((config.nrRings ?? 1) === 1 || events.some(({ type }) => type === 'suspend')) continue
    const plain = JSON.parse(JSON.stringify(fileOfScenario(scenarioOf(vector))))
    const player = new Player(scriptOf(plain))
    for (const _ of player.play());
    const { rings } = player.emulator.frontend
    const sha256 = rings.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex'))
    expect({ name, sha256 }).toEqual({ name, sha256: vector.finalRingSha256 })
  }
}

const COMMITTED = join(import.meta.dirname, '../../vectors')

function runFile(folder: string, file: string): void {
  for (const vector of readVectors(folder, file)) {
    const plain = JSON.parse(JSON.stringify(fileOfScenario(scenarioOf(vector))))
    const player = new Player(scriptOf(plain))
    for (const _ of player.play());
    const sha256 = createHash('sha256').update(player.emulator.frontend.ring.bytes).digest('hex')
    expect({ name: vector.name, sha256 }).toEqual({ name: vector.name, sha256: vector.finalRingSha256 })
  }
}

test.each(vectorFiles(COMMITTED))('%s', (file) => runFile(COMMITTED, file))

test.each(resumeFiles(COMMITTED))('several queues of %s', (file) => runQueues(COMMITTED, file))

describeShared('the complete set', () => {
  const complete = join(SHARED, 'vectors')
  test.each(vectorFiles(complete))('%s', (file) => runFile(complete, file))
  test.each(resumeFiles(complete))('several queues of %s', (file) => runQueues(complete, file))
})
