// A recorded vector made a scenario file runs as it was recorded: the ring ends up with the bytes of the real driver.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Player } from '../../src/generate/index.ts'
import { scenarioOf } from '../../src/replay/index.ts'
import { fileOfScenario, scriptOf } from '../../src/scenario/index.ts'
import { readVectors, vectorFiles } from '../blkfront/read-vectors.ts'

const root = join(import.meta.dirname, '../..')
const folders = [join(root, 'test/vectors'), join(root, '../shared/vectors')].filter((folder) => existsSync(folder))

for (const folder of folders)
  test.each(vectorFiles(folder))(`${folder.startsWith(join(root, 'test')) ? '' : 'shared '}%s`, (file) => {
    for (const vector of readVectors(folder, file)) {
      const plain = JSON.parse(JSON.stringify(fileOfScenario(scenarioOf(vector))))
      const player = new Player(scriptOf(plain))
      for (const _ of player.play());
      const sha256 = createHash('sha256').update(player.emulator.frontend.ring.bytes).digest('hex')
      expect({ name: vector.name, sha256 }).toEqual({ name: vector.name, sha256: vector.finalRingSha256 })
    }
  })
