// A pipe that stays open: what it gave is printed before it ends.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
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
