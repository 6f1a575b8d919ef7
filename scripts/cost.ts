// npm run cost: every command over the worst inputs that we know of, each as a process of its own; prints the CPU that it took over
// bare start-up, its peak of memory, and both by their bounds. Exit code 0: all within; 1: one is over; 2: wrong flags.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Bound, CASES, OWN } from './cost/cases.ts'
import type { Content } from './cost/inputs.ts'
import { REPORT } from './cost/report.ts'

export interface Cost {
  readonly seconds: number
  readonly megabytes: number
}

/** A process that takes longer is ended. */
const TOO_LONG = 120_000

/** @param root of the package, where the process runs @returns undefined where the process came to no end of its own */
function costOf(root: string, args: readonly string[], preload: string): Cost | undefined {
  const { output } = spawnSync(process.execPath, ['--require', preload, 'bin/run.js', ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: TOO_LONG,
  })
  const said = output[3] ?? ''
  if (said === '') return undefined
  const [kilobytes, microseconds] = JSON.parse(said) as [number, number]
  return { seconds: microseconds / 1e6, megabytes: kilobytes / 1024 }
}

function write(path: string, content: Content): void {
  if (typeof content === 'string' || Buffer.isBuffer(content)) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  } else for (const [name, bytes] of Object.entries(content)) write(join(path, name), bytes)
}

/** Another input of the kind: pages that differ in every segment, so that there is something to compare. */
function differ(path: string): void {
  if (statSync(path).isDirectory()) for (const name of readdirSync(path)) differ(join(path, name))
  else flip(path)
}

function flip(path: string): void {
  const bytes = readFileSync(path)
  if (bytes.length % 4096 !== 0) return
  const indirect = path.includes('indirect-')
  for (let at = indirect ? 0 : 64 + 24; at < bytes.length; at += indirect ? 8 : 112) bytes[at]! ^= 1
  writeFileSync(path, bytes)
}

const ratioOf = (cost: Cost | undefined, bound: Bound) =>
  cost ? Math.max(cost.seconds / bound.seconds, cost.megabytes / bound.megabytes) : Number.POSITIVE_INFINITY

/** @param root of the package @returns the exit code */
export function main(root: string, args: readonly string[], print: (line: string) => void): number {
  const { values } = parseArgs({
    args: [...args],
    options: { only: { type: 'string' }, command: { type: 'string' }, all: { type: 'boolean' }, above: { type: 'string' } },
  })
  const above = values.all ? 0 : Number(values.above ?? 0.5)
  const folder = mkdtempSync(join(tmpdir(), 'blkring-cost-'))
  try {
    const preload = join(folder, 'report.cjs')
    writeFileSync(preload, REPORT)
    const starts = Array.from({ length: 5 }, () => costOf(root, ['--version'], preload)!.seconds).sort((a, b) => a - b)
    const start = starts[2]!
    print(`bare start-up: ${start.toFixed(2)} s of CPU, taken off below`)
    let [runs, over] = [0, 0]
    for (const { input, content, bound, commands } of CASES) {
      if (values.only !== undefined && !values.only.split(',').some((part) => input.includes(part))) continue
      const [path, other] = [join(folder, input), join(folder, 'b', input)]
      write(path, content())
      write(other, content())
      differ(other)
      for (const command of [...commands, ...(OWN[input] ?? [])]) {
        if (values.command !== undefined && !command.includes(values.command)) continue
        const out = join(folder, 'out')
        const argv = command.split(' ').map((word) => word.replace('{b}', other).replace('{out}', out).replace('{}', path))
        let cost: Cost | undefined
        // The machine may do other things as well: the least of three counts.
        for (let i = 0; i < 3 && ratioOf(cost, bound) > 1; i++) {
          rmSync(out, { recursive: true, force: true })
          const now = costOf(root, argv, preload)
          if (now && (!cost || now.seconds - start < cost.seconds)) cost = { ...now, seconds: Math.max(0, now.seconds - start) }
          if (!now) break
        }
        const ratio = ratioOf(cost, bound)
        runs++
        if (ratio > 1) over++
        const text = command.replace('{}', input).replace('{b}', 'b')
        if (ratio >= above) print(line(text, bound, cost, ratio))
      }
      rmSync(path, { recursive: true, force: true })
      rmSync(other, { recursive: true, force: true })
    }
    print(`${runs} runs, ${over} over their bounds`)
    return over > 0 || runs === 0 ? 1 : 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function line(command: string, bound: Bound, cost: Cost | undefined, ratio: number): string {
  const figures = cost ? `${cost.seconds.toFixed(2).padStart(6)} s ${cost.megabytes.toFixed(0).padStart(5)} MB` : '   no end    '
  return `${ratio > 1 ? '!' : ' '} ${bound.what.padEnd(6)} ${figures} ${(100 * ratio).toFixed(0).padStart(5)} %  ${command}`
}
