// A pipe that stays open: what it gave is printed before it ends.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const ring = readFileSync(join(root, 'dumps/direct/ring.bin'))

test.each(['ndjson', 'csv'])('%s: the lines of several rings come while the writer waits', async (format) => {
  const child = spawn(process.execPath, ['bin/run.js', 'decode', '--pages', '1', `--${format}`, '-'], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.write(Buffer.concat([ring, ring, ring]))
  const wanted = 96 + (format === 'csv' ? 1 : 0)
  let text = ''
  // Ends when the lines are there: the input is closed only afterwards.
  for await (const piece of child.stdout.setEncoding('utf8')) {
    text += piece
    if (text.split('\n').length - 1 === wanted) child.stdin.end()
  }
  expect(text.split('\n').length - 1).toBe(wanted)
  if (child.exitCode === null) await once(child, 'exit')
  expect(child.exitCode).toBe(0)
})

// The first ring waits, unprinted, for a second: what is read meanwhile must not be lost when it is printed.
test.each(['ndjson', 'csv'])('%s: rings that come one, and then the others, are each itself', (format) => {
  const names = ['direct', 'indirect', 'out-of-order', 'ring-full', 'error'].map((name) => join(root, `dumps/${name}/ring.bin`))
  const print = (args: readonly string[], input?: Uint8Array) =>
    spawnSync(process.execPath, ['bin/run.js', 'decode', '--abi', 'x86_64', '--pages', '1', `--${format}`, ...args], {
      cwd: root,
      input,
      encoding: 'utf8',
    }).stdout
  const rings = Buffer.concat(names.map((name) => readFileSync(name)))
  const file = join(mkdtempSync(join(tmpdir(), 'blkring-')), 'rings.bin')
  writeFileSync(file, rings)
  expect(print(['-'], rings)).toBe(print([file]))
  rmSync(dirname(file), { recursive: true })
})
