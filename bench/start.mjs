// What a person waits for: CPU time of whole processes, ours and bare Node, in alternating runs. Prints a section of
// docs/benchmarks.md.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const RUNS = 25
const root = join(import.meta.dirname, '..')
const COMMANDS = {
  'bare Node (`node -e 0`)': ['-e', '0'],
  '`blkring --version`': ['bin/run.js', '--version'],
  '`blkring decode dumps/direct`': ['bin/run.js', 'decode', 'dumps/direct'],
}

/** User and system milliseconds of one run, as bash's time says. */
function cpu(args) {
  const script = 'TIMEFORMAT="%U %S"; time "$@" >/dev/null'
  const { stderr, status } = spawnSync('bash', ['-c', script, 'bash', process.execPath, ...args], { cwd: root, encoding: 'utf8' })
  const times = /([\d.]+) ([\d.]+)\s*$/.exec(stderr)
  if (status !== 0 || !times) throw new Error(`${args.join(' ')}: ${stderr}`)
  return (Number(times[1]) + Number(times[2])) * 1000
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]

export function startSection() {
  const times = Object.fromEntries(Object.keys(COMMANDS).map((name) => [name, []]))
  for (let run = 0; run < RUNS; run++) for (const [name, args] of Object.entries(COMMANDS)) times[name].push(cpu(args))
  const [bare] = Object.values(times)
  const rows = Object.entries(times).map(([name, values]) => {
    const over = median(values.map((value, run) => value - bare[run]))
    return `| ${name} | ${Math.min(...values).toFixed(0)} | ${median(values).toFixed(0)} | ${values === bare ? '' : `+${over.toFixed(0)}`} |`
  })
  return `## Start-up

CPU time (user + system) of whole processes, ${RUNS} alternating runs, Node ${process.versions.node}. The bound is bare Node + 60 ms.

| | least, ms | median, ms | over bare Node, median of pairs, ms |
|---|---|---|---|
${rows.join('\n')}
`
}
