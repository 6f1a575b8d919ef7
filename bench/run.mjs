// Prints docs/benchmarks.md: npm run -s bench > docs/benchmarks.md
// Some of its table, in less time: npm run -s bench -- start objects --node 20,22 --mib 32
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { answerSection } from './answer.mjs'
import { diffSection } from './diff.mjs'
import { emulatorSection } from './emulator.mjs'
import { GROUPS } from './groups/index.mjs'
import { replaySection } from './replay.mjs'
import { seriesSection } from './series.mjs'
import { nodes, withBench } from './setup.mjs'
import { groupTable } from './table.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { node: { type: 'string', default: '20,22,24' }, mib: { type: 'string', default: '256' } },
})
const chosen = positionals.length === 0 ? GROUPS : GROUPS.filter(({ name }) => positionals.includes(name))
const versions = nodes(values.node.split(',').map(Number))
const print = (text) => process.stdout.write(`${text}\n`)

print(`# Benchmarks

Printed by \`npm run -s bench\` on ${cpus().length} cores of ${cpus()[0].model}, which others use too: compare figures of one run, not of two.
What is missed and why: [costs.md](costs.md).

## Goals

CPU time (user and system), medians of alternating rounds; C is \`bench/columns.c\`, gcc -O2. Under Node ${versions.map(({ version }) => version).join(', ')}.
Bold is over its goal; what has none is there to compare. The synthetic capture is ${values.mib} MiB: pages of 32 slots, 60% direct requests, 25%
indirect, 10% discards, 5% flushes; one id in ten uses all 64 bits.
`)
await withBench(Number(values.mib), async (bench) => {
  for (const group of chosen) print(await groupTable(group, bench, versions))
})
if (positionals.length === 0) {
  print(await emulatorSection())
  print(await answerSection())
  print(replaySection())
  print(seriesSection())
  print(diffSection())
}
