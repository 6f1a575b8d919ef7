// A series of a million requests: memory and CPU time. Prints a section of docs/benchmarks.md.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const REPORT = `process.on('exit', () => { const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
process.stderr.write(JSON.stringify({ maxRSS, cpu: (userCPUTime + systemCPUTime) / 1e6 })) })`

export function seriesSection() {
  const args = ['bin/run.js', 'generate', '--count', '1000000', '--series', '-o', '-']
  const report = `data:text/javascript,${encodeURIComponent(REPORT)}`
  const { stderr } = spawnSync(process.execPath, ['--import', report, ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  const { maxRSS, cpu } = JSON.parse(stderr)
  return `## A long series

\`blkring generate --count 1000000 --series -o -\`, a snapshot after every push: ${Math.round(maxRSS / 1024)} MB at most, ${cpu.toFixed(1)} s of CPU time. The bound is
150 MB.
`
}
