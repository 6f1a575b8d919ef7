// `watch`: commands, files and pipes, as processes.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, expect, test } from 'vitest'
import { watchLineSchema } from '../../scripts/schemas.ts'
import { hasScript } from '../support/script.ts'

const root = join(import.meta.dirname, '../..')
const scratch = mkdtempSync(join(tmpdir(), 'blkring-watch-'))
afterAll(() => rmSync(scratch, { recursive: true }))
const series = (n: number) => readFileSync(join(root, `dumps/series/ring-${String(n).padStart(3, '0')}.bin`))

interface Ended {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
}

/** Runs it to its end. @param during is told of all that was printed so far, after each piece */
async function run(args: readonly string[], during: (stdout: string, child: ChildProcess) => void = () => {}): Promise<Ended> {
  const child = spawn(process.execPath, ['bin/run.js', 'watch', ...args], { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    during(stdout, child)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  during('', child)
  await once(child, 'close')
  return { stdout, stderr, code: child.exitCode }
}

/** Prints the next ring of the series each time that it is run. */
function nextRing(name: string): string[] {
  const place = join(scratch, name)
  const script = `
    const fs = require('fs')
    const n = fs.existsSync(process.argv[1]) ? Number(fs.readFileSync(process.argv[1])) : 0
    fs.writeFileSync(process.argv[1], String(n + 1))
    process.stdout.write(fs.readFileSync('dumps/series/ring-' + String(3 * n).padStart(3, '0') + '.bin'))`
  return [process.execPath, '-e', script, place]
}

test('a command, run again and again: lines of JSON as their schema says, and a verdict that becomes certain', async () => {
  const { stdout, code } = await run(['--ndjson', '--count', '3', '--interval', '0.05', '--', ...nextRing('command')])
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const validate = new Ajv2020({ allErrors: true }).compile(watchLineSchema())
  expect(lines.map((line) => [validate(line), validate.errors])).toEqual(lines.map(() => [true, null]))
  expect(lines.map(({ look, req_prod, certainty }) => [look, req_prod, certainty])).toEqual([
    [1, 1118, 'may'],
    [2, 1118, 'may'],
    [3, 1119, 'certain'],
  ])
  expect(lines[2]).toMatchObject({ verdict: 'moving', problem: false, oldest: null })
  expect(lines[0].requestsPerSecond).toBeNull()
  expect(lines[2].requestsPerSecond).toBeGreaterThan(0)
  expect(code).toBe(0)
})

test('rings through a pipe, a line as each comes; its end has the last word', async () => {
  let sent = 0
  const { stdout, code } = await run(['--pages', '1', '-'], (text, { stdin }) => {
    if (text.split('\n').length - 1 < sent) return
    if (sent < 3) stdin!.write(series(12 + sent++))
    else stdin!.end()
  })
  const lines = stdout.split('\n')
  expect(lines.slice(0, 3).map((line) => /^ +(\d+) .* req_prod (\d+) /.exec(line)?.slice(1))).toEqual([
    ['1', '1138'],
    ['2', '1138'],
    ['3', '1139'],
  ])
  expect(lines[3]).toMatch(/^-, 3 looks in /)
  expect(lines[4]).toMatch(/^ {2}verdict /)
  expect(code).toBe(0)
})

test('a file is looked at again when it was written again; Ctrl-C has the last word', async () => {
  const path = join(scratch, 'ring.bin')
  writeFileSync(path, series(0))
  let written = 0
  const { stdout, code } = await run(['--interval', '0.02', path], (text, child) => {
    const looks = text.split('\n').length - 1
    if (looks === 1 && written === 0) {
      written = 1
      writeFileSync(path, series(15))
    } else if (looks === 2) child.kill('SIGINT')
  })
  expect(
    stdout
      .split('\n')
      .slice(0, 2)
      .map((line) => /req_prod (\d+)/.exec(line)?.[1]),
  ).toEqual(['1118', '1139'])
  expect(stdout).toContain(`${path}, 2 looks in `)
  expect(code).toBe(0)
})

test.each([
  [['--', 'false'], 'false: it ended with 1, and said nothing'],
  [['--', 'no-such-command'], 'no-such-command: no such command'],
  [['--', 'sh', '-c', 'echo "no disk" >&2; exit 3'], 'sh: it ended with 3: no disk'],
  [['--', 'cat', 'package.json'], 'a text without a hexdump in it'],
  [['--', 'cat', '/dev/zero'], 'cat: it prints more than 64 MiB'],
  [['--count', '1', 'no-such-file'], 'no-such-file: no such file'],
  [['dumps/direct', '--', 'cat'], 'name one of them'],
  [['dumps/direct', 'dumps/series'], 'one ring is watched at a time, and here are 2'],
  [[], 'nothing to watch'],
])('%j is refused in a line', async (args, words) => {
  const { stdout, stderr, code } = await run(args)
  expect([stdout, stderr.trimEnd().split('\n').length, code]).toEqual(['', 1, 2])
  expect(stderr).toContain(words)
})

test.skipIf(!hasScript())('in a terminal the screen is drawn in place and given back', async () => {
  const command = `trap : INT; stty rows 20 cols 90; "${process.execPath}" bin/run.js watch --interval 0.05 -- cat dumps/direct/ring.bin; echo "exit=$?"; stty -a; echo END`
  const env = { ...process.env, TERM: 'xterm', NO_COLOR: '1', SHELL: '/bin/sh' }
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: root, env, stdio: ['pipe', 'pipe', 'inherit'] })
  let text = ''
  let stopped = false
  for await (const piece of child.stdout.setEncoding('utf8')) {
    text += piece
    // The key that interrupts, once two looks were drawn.
    if (!stopped && text.includes('look 2,')) {
      stopped = true
      child.stdin.write('\u0003')
    }
  }
  expect(text).toContain('\u001b[?1049h')
  const [screen, rest] = text.split('\u001b[?1049l') as [string, string]
  expect(screen).toContain('outstanding 15 of 32 [###############.................]')
  expect(screen).toMatch(/oldest {6}index 41, slot 9: read, id 7/)
  expect(screen).toContain('\u001b[?25h')
  expect(rest).toMatch(/cat dumps\/direct\/ring.bin, \d+ looks in /)
  expect(rest).toContain('exit=1')
  expect(rest).toMatch(/(^|\s)icanon\b.*\bEND/s)
})
