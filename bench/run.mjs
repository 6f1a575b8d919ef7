// Prints docs/benchmarks.md: npm run -s bench > docs/benchmarks.md
import { bulkSection } from './bulk.mjs'
import { diffSection } from './diff.mjs'
import { emulatorSection } from './emulator.mjs'
import { findSection } from './find.mjs'
import { replaySection } from './replay.mjs'
import { seriesSection } from './series.mjs'
import { startSection } from './start.mjs'

const sections = [
  startSection(),
  await emulatorSection(),
  replaySection(),
  seriesSection(),
  diffSection(),
  await bulkSection(),
  findSection(),
]
process.stdout.write(`# Benchmarks

Printed by \`npm run -s bench\` on a shared two-core machine: compare figures of one run, not of two.

${sections.join('\n')}`)
