const RINGS = 20_000
const COMMANDS = {
  ndjson: ['decode', '--ndjson'],
  text: ['decode'],
  json: ['decode', '--json'],
  stats: ['stats'],
  check: ['check'],
  doctor: ['doctor'],
}

/** @type {import('../table.mjs').Group} */
export default {
  name: 'mutated',
  about: `20,000 captured rings laid end to end, of each of which 0 to 4 bytes are changed, against the same unchanged. Whole processes.`,
  rounds: 3,
  codes: [0, 1],
  contenders: async (bench, node) => {
    const [changed, unchanged] = [await bench.captured(RINGS * 4096, 4), await bench.captured(RINGS * 4096)]
    return Object.fromEntries(
      Object.entries(COMMANDS).flatMap(([name, command]) => [
        [`${name}, changed`, [node, 'bin/run.js', ...command, '--pages', '1', changed]],
        [`${name}, unchanged`, [node, 'bin/run.js', ...command, '--pages', '1', unchanged]],
      ]),
    )
  },
  rows: Object.keys(COMMANDS).flatMap((name) => [
    { work: name, of: `${name}, changed`, times: `${name}, unchanged`, goal: 3 },
    { work: `${name}, changed`, of: `${name}, changed` },
  ]),
}
