// Series against series. Prints a section of docs/benchmarks.md.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measure } from './measure.mjs'

const WORK = ['--op', 'mix:70', '--random', '--bs', '8K', '--batch', '8', '--in-flight', '24', '--series']

export function diffSection() {
  const folder = mkdtempSync(join(tmpdir(), 'blkring-'))
  try {
    const make = (name, ...args) => {
      measure(['generate', ...WORK, ...args, '-o', join(folder, name)])
      return join(folder, name)
    }
    const base = make('base', '--count', '8000')
    const sides = [
      ['that are equal but for stale bytes', base, make('older', '--count', '8000', '--driver', 'extra-req')],
      ['that have nothing in common', base, make('other', '--count', '8000', '--seed', '9')],
      [
        'of 4,000 snapshots that are equal',
        make('long', '--count', '32000'),
        make('longer', '--count', '32000', '--driver', 'extra-req'),
      ],
    ]
    const rows = sides.flatMap(([what, a, b]) =>
      ['bytes', 'fields', 'io'].map((level) => {
        const { megabytes, cpu } = measure(['diff', '--level', level, a, b])
        return `| ${what} | ${level} | ${cpu.toFixed(2)} | ${megabytes} |`
      }),
    )
    return `## Series against series

\`blkring diff\` of two series of 1,000 snapshots unless it says otherwise, 24 requests in flight. The bound for 1,000 is 2 s of CPU time.

| series | level | CPU time, s | memory at most, MB |
|---|---|---|---|
${rows.join('\n')}
`
  } finally {
    rmSync(folder, { recursive: true })
  }
}
