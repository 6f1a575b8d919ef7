// `decode --parquet`: the same rows as --ndjson, in one file or in the folders of a dataset; all of it or nothing.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { decodeParquet } from '../../src/commands/decode/parquet.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { schemaMarkdown } from '../../src/rows/parquet/schema.ts'
import { whereOf } from '../../src/rows/where/where.ts'
import { captures } from '../support/captures.ts'
import { decodeByObjects } from '../support/decode-by-objects.ts'
import { parquetRows } from '../support/parquet.ts'
import { type Row, rowOfLine } from '../support/row-of-line.ts'

const printed = vi.hoisted(() => ({ text: '' }))
vi.mock('../../src/terminal/output.ts', () => ({
  write: (text: string) => {
    printed.text += text
  },
  writeBytes: () => {},
  writeAll: () => {},
  flush: () => {},
}))

const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
let made = 0
const fresh = () => join(scratch, `${made++}`)

const onePage = captures
  .flatMap((c) => [...loadDumps(c.path)].map((d) => Uint8Array.from(d.bytes)))
  .filter((b) => b.length === 4096)
/** More rows than a group has, and a ring that was cut off. */
const series = join(scratch, 'series=ä.bin')
const used = onePage.reduce((sum, bytes) => sum + Math.min(32, Buffer.from(bytes).readUInt32LE()), 0)
const rounds = Math.ceil(66_000 / used)
writeFileSync(series, Buffer.concat([...Array.from({ length: rounds }, () => onePage).flat(), onePage[0]!.subarray(0, 2000)]))

type Options = Parameters<typeof decodeParquet>[2]
const all: Options = { abi: undefined, pages: undefined, filter: 'all' }

/** Rows of NDJSON, and the exit code. */
function lines(inputs: readonly string[], options: Options): { readonly rows: Row[]; readonly exit: number } {
  printed.text = ''
  const exit = decodeByObjects(inputs, { ...options, segments: false, format: 'ndjson' })
  const rows = printed.text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { snapshot = 0, queue = 0, ...rest } = JSON.parse(line)
      return { snapshot, queue, ...rowOfLine(rest) }
    })
  return { rows, exit }
}

/** Without what NDJSON does not say. */
function told({ device: _, source: __, ...row }: Row): Row {
  return row
}

const folders = ['dumps/direct', 'dumps/multi-queue', 'dumps/indirect', 'dumps/series', 'dumps/discard']

test.each([
  ['folders, queues and series', folders, all],
  ['in flight only', folders, { ...all, filter: 'in-flight' }],
  ['--where', folders, { ...all, where: whereOf('op == write && queue == 1 || status == 0') }],
  ['nothing at all', folders, { ...all, where: whereOf('slot > 4000') }],
  ['another layout', ['dumps/direct'], { ...all, abi: undefined, pages: 1 }],
] as const)('%s', async (_, inputs, options) => {
  const path = fresh()
  const exit = await decodeParquet(inputs, { path, partition: false, force: false }, options)
  const expected = lines(inputs, options)
  expect(parquetRows(readFileSync(path)).map(told)).toEqual(expected.rows)
  expect(exit).toBe(expected.exit)
})

test('a stream of more rows than a group has: a dataset, every row of it', async () => {
  const path = fresh()
  const options = { ...all, pages: 1 }
  await decodeParquet([series], { path, partition: true, force: false }, options)
  const folder = join(path, 'device=series%3Dä.bin', 'queue=0')
  expect(readdirSync(folder)).toEqual(['part-00000.parquet'])
  const rows = parquetRows(readFileSync(join(folder, 'part-00000.parquet')))
  expect(rows.length).toBeGreaterThan(65536)
  const bytes = readFileSync(series)
  const snapshots = Math.floor(bytes.length / 4096)
  expect(rows[0]).toMatchObject({ source: 'series=ä.bin', snapshot: 0 })
  expect(rows.at(-1)).toMatchObject({ snapshot: snapshots })
  // The rings of one round by way of objects; every round has them again, as the next snapshots. In parts that are compared one by one:
  // the difference of all would take minutes.
  const round = join(scratch, 'round.bin')
  writeFileSync(round, Buffer.concat(onePage))
  const expected = lines([round], options).rows.map(({ queue: _, snapshot, ...row }) => ({
    row,
    said: text(row),
    snapshot: Number(snapshot),
  }))
  const own = rows.filter((row) => row['snapshot'] !== snapshots)
  expect(own.length).toBe(rounds * expected.length)
  const wrong = own.findIndex(({ source: _, snapshot, ...row }, i) => {
    const { said, snapshot: inRound } = expected[i % expected.length]!
    return text(row) !== said || snapshot !== Math.floor(i / expected.length) * onePage.length + inRound
  })
  expect(wrong < 0 ? undefined : own[wrong]).toEqual(wrong < 0 ? undefined : expected[wrong % expected.length])
}, 60_000)

function text(row: Row): string {
  const sorted = Object.keys(row).sort()
  return JSON.stringify(
    sorted.map((key) => row[key]),
    (_, value) => (typeof value === 'bigint' ? `${value}n` : value),
  )
}

test('a dataset has a folder for each disk and queue, and a file without rows where there are none', async () => {
  const path = fresh()
  const where = whereOf('queue == 1')
  await decodeParquet(['dumps/multi-queue', 'dumps/direct'], { path, partition: true, force: false }, { ...all, where })
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.parquet'))
  const counts = files.sort().map((name) => [name, parquetRows(readFileSync(join(path, name))).length > 0])
  expect(counts).toEqual([
    ['device=vbd-18-51712/queue=0/part-00000.parquet', false],
    ['device=vbd-18-51712/queue=1/part-00000.parquet', true],
    ['device=vbd-3-51712/queue=0/part-00000.parquet', false],
  ])
})

test.each([
  ['an input that is missing', [['dumps/direct', 'dumps/no-such-folder'], fresh(), false, false], /no-such-folder: no such file/],
  ['a file that exists', [['dumps/direct'], series, false, false], /exists and is no Parquet file; name another one/],
  ['what is no Parquet file', [['dumps/direct'], series, false, true], /exists and is no Parquet file/],
  ['a folder', [['dumps/direct'], scratch, false, false], /is a folder; name a file, or give --partition/],
  ['what is no dataset', [['dumps/direct'], scratch, true, true], /which is no part of a dataset; name another folder/],
  ['a device', [['dumps/direct'], '/dev/null', false, true], /is no regular file; --parquet - writes to a pipe/],
] as const)('refuses %s, and leaves nothing', async (_, [inputs, path, partition, force], message) => {
  const before = readdirSync(scratch)
  await expect(decodeParquet(inputs, { path, partition, force }, all)).rejects.toThrow(message)
  expect(readdirSync(scratch)).toEqual(before)
})

test('--force replaces what was written before', async () => {
  const path = fresh()
  for (const partition of [false, true]) {
    const place = { path: `${path}${partition}`, partition, force: true }
    await decodeParquet(['dumps/direct'], place, all)
    await decodeParquet(['dumps/idle'], place, all)
    const file = partition ? join(place.path, 'device=vbd-3-51712/queue=0/part-00000.parquet') : place.path
    expect(parquetRows(readFileSync(file)).map((row) => row['source'])).not.toContain('dumps/direct/ring.bin')
  }
})

test('a file system that is full: one line, and nothing is left', () => {
  const path = fresh()
  const command = `trap '' XFSZ; ulimit -f 64; exec ${process.execPath} bin/run.js decode --pages 1 --parquet ${path} '${series}'`
  const { status, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
  expect(stderr).toBe(`blkring: ${path}: the file would be larger than it may be\n`)
  expect(status).toBe(2)
  expect(existsSync(path)).toBe(false)
  expect(readdirSync(scratch).filter((name) => name.includes('.tmp-'))).toEqual([])
})

test('standard output is a file as well; what fails at its second reading leaves none', () => {
  const input = readFileSync('dumps/direct/ring.bin')
  const run = (...args: string[]) => spawnSync(process.execPath, ['bin/run.js', 'decode', '--parquet', ...args], { input })
  const { stdout, status } = run('-', '-')
  expect(parquetRows(stdout).map(told)).toEqual(lines(['dumps/direct/ring.bin'], all).rows)
  expect(status).toBe(0)
  const path = fresh()
  const twice = run(path, '-', '-')
  expect([twice.status, String(twice.stderr)]).toEqual([2, 'blkring: -: standard input can be read only once\n'])
  expect(existsSync(path)).toBe(false)
})

test('docs/parquet.md has the table of the columns', () => {
  expect(readFileSync('docs/parquet.md', 'utf8')).toContain(schemaMarkdown())
})
