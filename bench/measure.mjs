// CPU time and memory of one run of the command line.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const REPORT = `process.on('exit', () => { const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
process.stderr.write(JSON.stringify({ maxRSS, cpu: (userCPUTime + systemCPUTime) / 1e6 })) })`

/** @returns {{ megabytes: number, cpu: number }} at most, and seconds */
export function measure(args) {
  const report = `data:text/javascript,${encodeURIComponent(REPORT)}`
  const { stderr } = spawnSync(process.execPath, ['--import', report, 'bin/run.js', ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  const { maxRSS, cpu } = JSON.parse(stderr.slice(stderr.lastIndexOf('{')))
  return { megabytes: Math.round(maxRSS / 1024), cpu }
}
