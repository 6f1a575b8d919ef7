// npm run consumers: see scripts/consumers/. Exit code 0 if all that is here agrees; what is not here is said, and is no mistake.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { corporaOf } from './consumers/corpus.ts'
import { duckdb } from './consumers/duckdb.ts'
import { dumpFolders } from './consumers/dumps.ts'
import { examples } from './consumers/examples.ts'
import { ksy } from './consumers/kaitai.ts'
import { c, go, poke, python, rust } from './consumers/programs.ts'
import { spark } from './consumers/spark.ts'
import { type Consumer, NotHere } from './consumers/tools.ts'
import { vectors } from './consumers/vectors.ts'
import { wireshark } from './consumers/wireshark.ts'

const CONSUMERS: readonly Consumer[] = [c, rust, go, python, poke, ksy, wireshark, duckdb, spark, vectors, examples]

export async function main(args: readonly string[], print: (line: string) => void): Promise<number> {
  const dumps = dumpFolders(args.length > 0 ? args : ['dumps'])
  const corpora = await corporaOf(dumps)
  const sizes = corpora.map(({ abi, records }) => `${abi.name} ${records.map((r) => `${r.items.length} ${r.name}`).join(', ')}`)
  print(`${dumps.length} dumps, and records of chance: ${sizes.join('; ')}`)
  const folder = mkdtempSync(join(tmpdir(), 'blkring-consumers-'))
  let mistakes = 0
  try {
    for (const { name, run } of CONSUMERS) {
      const own = join(folder, name)
      mkdirSync(own)
      try {
        for (const line of await run({ corpora, dumps, folder: own })) print(`${name}: ${line}`)
      } catch (error) {
        if (!(error instanceof Error)) throw error
        if (!(error instanceof NotHere)) mistakes++
        print(`${name}: ${error instanceof NotHere ? 'not here' : 'WRONG'}: ${error.message}`)
      }
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  print('hexpat: not proved: no ImHex runs without a screen here; the text is as the documentation of its pattern language has it')
  return mistakes === 0 ? 0 : 1
}
