import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { main } from '../../../scripts/replay.ts'

const VECTORS = join(import.meta.dirname, '../../vectors/modern/x86_64-65536.ndjson.gz')
const folder = mkdtempSync(join(tmpdir(), 'blkring-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

function replayOf(...paths: string[]) {
  const out: string[] = []
  const err: string[] = []
  const code = main(
    paths,
    (line) => out.push(line),
    (line) => err.push(line),
  )
  return { code, out, err }
}

function written(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

test('a file and a folder that pass', () => {
  const inner = join(folder, 'set/modern')
  mkdirSync(inner, { recursive: true })
  cpSync(VECTORS, join(inner, 'x86_64-65536.ndjson.gz'))
  const { code, out, err } = replayOf(VECTORS, join(folder, 'set'))
  expect(out.slice(0, 2).every((line) => /^modern\/x86_64-65536\.ndjson\.gz {2}\d+ scenarios {2}ok$/.test(line))).toBe(true)
  expect(out.at(-1)).toMatch(/^\d+ passed, 0 failed$/)
  expect([code, err, out.length]).toEqual([0, [], 3])
})

test('a scenario that fails is counted and described', () => {
  const lines = gunzipSync(readFileSync(VECTORS)).toString('utf8').trim().split('\n')
  const spoilt = lines.slice(0, 2).map((line, i) => (i === 0 ? line.replace('"allocatedPages":', '"allocatedPages":9') : line))
  const { code, out } = replayOf(written('spoilt.ndjson.gz', gzipSync(spoilt.join('\n'))))
  expect(code).toBe(1)
  expect(out[0]).toMatch(/2 scenarios {2}1 failed: \S+: event 0 \(init\): allocatedPages: expected 9\d+, got \d+$/)
  expect(out[1]).toBe('1 passed, 1 failed')
})

test.each([
  ['nothing named', [], /^replay: name vector files/],
  ['a path that is not there', ['/no/such/file'], /^\/no\/such\/file: no such file or folder; check the path$/],
  [
    'no gzip',
    [written('plain.ndjson.gz', Buffer.from('{}'))],
    /plain\.ndjson\.gz: cannot be unpacked \(.+\); give a whole gzip file/,
  ],
  ['a gzip cut off', [written('cut.ndjson.gz', gzipSync('x'.repeat(999)).subarray(0, 20))], /cut\.ndjson\.gz: cannot be unpacked/],
  [
    'bad JSON',
    [written('json.ndjson.gz', gzipSync('\n{"a":\n'))],
    /json\.ndjson\.gz: line 2 is not JSON \(.+\); fetch the file again$/,
  ],
  ['no vector', [written('else.ndjson.gz', gzipSync('{"a":1}'))], /else\.ndjson\.gz: line 1: not a scenario: no name/],
  ['an empty file', [written('empty.ndjson.gz', gzipSync(''))], /empty\.ndjson\.gz: no scenario in it/],
  ['a folder without vectors', [mkdtempSync(join(folder, 'bare-'))], /bare-\S+: no \*\.ndjson\.gz in this folder/],
])('%s is exit code 2 and one line', (_, paths, message) => {
  const { code, out, err } = replayOf(...paths)
  expect([code, out]).toEqual([2, []])
  expect(err).toHaveLength(1)
  expect(err[0]).toMatch(message)
})
