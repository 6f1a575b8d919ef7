// No line that people read is longer than the terminal is wide.
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cellsOf } from '../../src/print/cells.ts'
import { inProcess } from '../support/in-process.ts'
import { hasScript } from '../support/script.ts'

const root = join(import.meta.dirname, '../..')
const COMMANDS = [
  ['decode'],
  ['decode', '--segments'],
  ['check', '--severity', 'note'],
  ['check', '--backend', 'qemu'],
  ['vbds'],
  ['doctor'],
]
const WIDTHS = [60, 80, 132]
const SCENARIOS = readdirSync(join(root, 'test/scenarios')).filter((name) => /\.ya?ml$/.test(name))

function folders(path: string): string[] {
  return readdirSync(join(root, path), { withFileTypes: true }).flatMap(({ name }) => {
    if (!/^ring|^queue/.test(name))
      return name === 'hostile' ? folders(`${path}/${name}`) : /\./.test(name) ? [] : [`${path}/${name}`]
    return []
  })
}

test('60, 80 and 132 columns, every dump', () => {
  const dumps = folders('dumps')
  expect(dumps.length).toBeGreaterThan(60)
  // A third of the dumps at each width: all of them are seen, each with every command.
  const of = (args: string[], i: number) => ({ args, width: WIDTHS[i % WIDTHS.length]! })
  const runs = [
    ...dumps.flatMap((dump, i) => COMMANDS.map((command) => of([...command, dump], i))),
    ...WIDTHS.flatMap((_, i) => [
      of(['check', '--rules'], i),
      of(['check', '--explain', 'split-gap'], i),
      of(['find', 'dumps/image/core.gz'], i),
      of(['find', '--pages', 'dumps/image/core.gz'], i),
      ...SCENARIOS.map((scenario) => of(['generate', '--explain', `test/scenarios/${scenario}`], i)),
    ]),
  ]
  const printed = inProcess(runs.map(({ args, width }) => ({ args, env: { COLUMNS: String(width) } })))
  for (const [i, { args, width }] of runs.entries())
    for (const line of printed[i]!.stdout.split('\n'))
      expect(cellsOf(line), `${args.join(' ')} at ${width}: ${line}`).toBeLessThanOrEqual(width)
  const lines = (width: number) => printed.flatMap(({ stdout }, i) => (runs[i]!.width === width ? stdout.split('\n') : []))
  // And wide terminals are used.
  expect(Math.max(...lines(132).map(cellsOf))).toBeGreaterThan(120)
})

test('a width that has room for nothing ends nothing', () => {
  const more = [
    ['stats'],
    ['diff', 'dumps/idle'],
    ['inspect'],
    ['inspect', '--tree'],
    ['inspect', '--picture'],
    ['find', 'dumps/image/core.gz'],
  ]
  const runs = [1, 9, 33].flatMap((width) =>
    [...COMMANDS, ...more].map((command) => ({
      args: [...command, ...(command[0] === 'find' ? [] : ['dumps/indirect'])],
      env: { COLUMNS: String(width) },
    })),
  )
  for (const [i, { stdout, stderr }] of inProcess(runs).entries()) {
    expect(stderr, runs[i]!.args.join(' ')).toBe('')
    expect(stdout, runs[i]!.args.join(' ')).not.toBe('')
  }
})

describe.skipIf(!hasScript())('in a terminal', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const SGR = /\u001b\[[\d;]*m/g

  test.each([
    ['decode dumps/out-of-order', 66, 0],
    ['check --severity note dumps/indirect', 66, 1],
    ['doctor dumps/ring-full', 140, 1],
  ])('%s at %i columns', (command, columns, exit) => {
    const view = `stty rows 24 cols ${columns}; COLUMNS=40 "${process.execPath}" bin/run.js ${command}; echo "exit=$?"`
    const env = { ...process.env, TERM: 'xterm-256color', FORCE_COLOR: '', NO_COLOR: '', SHELL: '/bin/sh' }
    const printed = execFileSync('script', ['-qec', view, '/dev/null'], {
      cwd: root,
      env,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    expect(printed).toContain('\u001b[1m')
    expect(printed).toContain(`exit=${exit}`)
    const cells = printed.replace(SGR, '').split(/\r?\n/).map(cellsOf)
    expect(Math.max(...cells)).toBeLessThanOrEqual(columns)
    expect(Math.max(...cells)).toBeGreaterThan(columns - 12)
  })
})
