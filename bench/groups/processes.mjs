import { spawnSync } from 'node:child_process'

const shell = (command) => ['sh', '-c', command]

/** @type {import('../table.mjs').Group} */
export default {
  name: 'processes',
  about: 'Whole processes over the synthetic capture, or it 8 times, start-up included.',
  rounds: 3,
  // Findings are no mistake.
  codes: [0, 1],
  contenders: async (bench, node) => {
    const whole = await bench.capture()
    const big = bench.once('big.bin', (path) => {
      spawnSync('sh', ['-c', `for i in 1 2 3 4 5 6 7 8; do cat ${whole}; done >${path}`])
      return path
    })
    const zipped = bench.once('capture.bin.gz', (path) => {
      spawnSync('sh', ['-c', `gzip -1 -c ${whole} >${path}`])
      return path
    })
    const c = bench.compiled('columns')
    const decode = (path, ...more) => [node, 'bin/run.js', 'decode', '--pages', '1', '--abi', 'x86_64', ...more, path]
    return {
      'C, reading': [c, 'read', big],
      read: [node, 'bench/bulk-read.mjs', big],
      fprintf: [c, 'ndjson', whole],
      ndjson: decode(whole, '--ndjson'),
      csv: decode(whole, '--csv'),
      where: decode(whole, '--ndjson', '--where', 'slot > 99'),
      'gzip -dc': ['gzip', '-dc', zipped],
      zipped: decode(zipped, '--ndjson', '--where', 'slot > 99'),
      head: shell(`${decode(big, '--ndjson').join(' ')} | head -1`),
      stats: [node, 'bin/run.js', 'stats', '--pages', '1', '--abi', 'x86_64', whole],
    }
  },
  rows: [
    { work: '8 times the capture read and decoded', of: 'read', times: 'C, reading', goal: 1.4 },
    { work: 'the same, memory', of: 'read', memory: true, goal: [56] },
    { work: '`decode --ndjson`', of: 'ndjson', times: 'fprintf', goal: 0.5 },
    { work: 'the same, memory', of: 'ndjson', memory: true, goal: 64 },
    { work: '`decode --csv`', of: 'csv', times: 'fprintf', goal: 0.35 },
    { work: "`decode --where 'slot > 99'`, nothing printed", of: 'where' },
    { work: 'the same from gzip', of: 'zipped', times: 'gzip -dc' },
    { work: 'the same, memory', of: 'zipped', memory: true },
    { work: '`decode --ndjson \\| head -1`, 8 times the capture', of: 'head' },
    { work: '`stats`', of: 'stats' },
    { work: 'the same, memory', of: 'stats', memory: true },
  ],
}
