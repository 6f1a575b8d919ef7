// The worst rings and folders that we know of, as whole processes: `npm run cost` holds all of them to their bounds, and this three to thrice theirs.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { BOUNDS } from '../../scripts/cost/cases.ts'
import { type Content, FOLDERS, SMALL } from '../../scripts/cost/inputs.ts'
import { REPORT } from '../../scripts/cost/report.ts'

const root = join(import.meta.dirname, '../..')
const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const preload = join(scratch, 'report.cjs')
writeFileSync(preload, REPORT)

/** @param change of every byte at which a segment begins */
function write(path: string, content: Content, change: number): string {
  if (typeof content === 'string') throw new Error('a text')
  if (!Buffer.isBuffer(content)) {
    for (const [name, bytes] of Object.entries(content)) write(join(path, name), Buffer.from(bytes), change)
    return path
  }
  mkdirSync(dirname(path), { recursive: true })
  if (path.includes('indirect-')) for (let at = 0; at < content.length; at += 8) content[at]! ^= change
  writeFileSync(path, content)
  return path
}

test.each([
  ['shared-page', SMALL, BOUNDS.small, ['--level', 'bytes', '--all']],
  ['shared-page-faulty', SMALL, BOUNDS.small, ['--level', 'io']],
  ['series-shared', FOLDERS, BOUNDS.large, ['--snapshots']],
] as const)('diff of %s', (name, inputs, { seconds, megabytes }, flags) => {
  const make = inputs[name]!
  const [a, b] = [write(join(scratch, name), make(), 0), write(join(scratch, 'b', name), make(), 1)]
  const { output } = spawnSync(process.execPath, ['--require', preload, 'bin/run.js', 'diff', a, b, ...flags], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  const [kilobytes, microseconds] = JSON.parse(output[3]!) as [number, number]
  expect(kilobytes / 1024).toBeLessThan(1.5 * megabytes)
  // Start-up is within it.
  expect(microseconds / 1e6).toBeLessThan(3 * seconds)
})
