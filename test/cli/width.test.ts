// No line that people read is longer than the terminal is wide.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cellsOf } from '../../src/render/cells.ts'
import { inProcess } from '../support/in-process.ts'

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
    ...WIDTHS.flatMap((_, i) => [of(['check', '--rules'], i), of(['check', '--explain', 'split-gap'], i)]),
  ]
  const printed = inProcess(runs.map(({ args, width }) => ({ args, env: { COLUMNS: String(width) } })))
  for (const [i, { args, width }] of runs.entries())
    for (const line of printed[i]!.stdout.split('\n'))
      expect(cellsOf(line), `${args.join(' ')} at ${width}: ${line}`).toBeLessThanOrEqual(width)
  const lines = (width: number) => printed.flatMap(({ stdout }, i) => (runs[i]!.width === width ? stdout.split('\n') : []))
  // And wide terminals are used.
  expect(Math.max(...lines(132).map(cellsOf))).toBeGreaterThan(120)
})
