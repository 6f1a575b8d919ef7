import { join } from 'node:path'

const RINGS = 20_000
const SOURCES = ['dumps/direct', 'dumps/indirect']

/** @type {import('../table.mjs').Group} */
export default {
  name: 'corpora',
  about: `${RINGS.toLocaleString('en')} rings made of two, each with the line of how it came to be; the goal is 10,000 a second. Whole processes.`,
  rounds: 3,
  codes: [0],
  contenders: (bench, node) => {
    const folder = bench.once('corpora', (path) => path)
    const made = (...flags) => [node, 'bin/run.js', 'mutate', ...SOURCES, '--count', String(RINGS), ...flags]
    return {
      pipe: made('-o', '-'),
      folder: made('--force', '-o', join(folder)),
      valid: [node, 'bin/run.js', 'mutate', ...SOURCES, '--count', String(RINGS / 20), '--valid', '-o', '-'],
    }
  },
  rows: [
    { work: '`mutate -o -`', of: 'pipe', goal: 2000 },
    { work: '`mutate -o DIR`, a file a ring', of: 'folder', goal: 2000 },
    { work: `\`mutate --valid\`, ${RINGS / 20} rings that the checker found legal`, of: 'valid' },
  ],
}
