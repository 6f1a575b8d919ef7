// The vectors that ship with the package: current, byte for byte what was recorded or captured, and their values those that another
// decoder reads. The readers of other languages are run by `npm run consumers`.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { CAPTURED, RECORDED } from '../../../scripts/vectors/moments.ts'
import { recordedRing, type VectorRing } from '../../../scripts/vectors/read-moment.ts'
import { type VectorLine, vectorLines } from '../../../scripts/vectors/vector-text.ts'
import { vectorFiles, vectorRings } from '../../../scripts/vectors.ts'
import { vectorOf } from '../../../src/scenario/vector.ts'
import { type PlainSlot, plainRing } from '../../support/plain-decoder.ts'
import { SHARED, testShared } from '../../support/shared.ts'

const root = join(import.meta.dirname, '../../..')
const rings = vectorRings()

test('vectors/ has the files that npm run vectors writes, and no others', () => {
  const files = vectorFiles()
  const there = readdirSync(join(root, 'vectors')).filter((name) => name.endsWith('.txt'))
  expect(there.sort()).toEqual([...files.keys()].map((path) => path.slice('vectors/'.length)).sort())
  for (const [path, text] of files) expect(readFileSync(join(root, path), 'utf8') === text, path).toBe(true)
})

test('readers with fixed buffers can read them, and the package stays small', () => {
  const texts = [...vectorFiles().values()]
  const lines = texts.flatMap((text) => text.trimEnd().split('\n'))
  expect(lines.every((line) => /^[\x20-\x7e]{1,998}$/.test(line))).toBe(true)
  expect(lines.filter((line) => !line.includes('hex=') && !line.startsWith('#')).every((line) => line.length < 199)).toBe(true)
  expect(lines.filter((line) => !/^(#.*|\w+( \w+=[\w-]+)+)$/.test(line))).toEqual([])
  expect(Math.max(...texts.map((text) => text.split('\n').length))).toBeLessThan(4096)
  expect(Math.max(...rings.map(({ pages }) => pages.size))).toBeLessThanOrEqual(64)
  expect(texts.join('').length).toBeLessThan(300_000)
})

test('there is one of every ABI, page size, kind of request, and status', () => {
  const lines = rings.flatMap(vectorLines)
  const values = (key: string) => new Set(lines.flatMap(({ fields }) => (fields[key] === undefined ? [] : [String(fields[key])])))
  expect([...values('abi')].sort()).toEqual(['arm', 'x86_32', 'x86_64'])
  expect([...values('page_size')].sort()).toEqual(['16384', '4096', '65536'])
  expect([...values('persistent')].sort()).toEqual(['0', '1'])
  expect([...values('operation')].sort()).toEqual(['0', '1', '2', '3', '5', '6'])
  expect([...values('ring_pages')].sort()).toEqual(['1', '2', '4'])
  expect([...values('status')]).toEqual(expect.arrayContaining(['0', '-1', '-2', '5']))
  expect([...values('flag')].sort()).toEqual(['0', '1'])
  expect([...values('index')]).toEqual(expect.arrayContaining(['0', '1', '4294967295']))
})

/** A slot in the words of a vector, as the plain decoder reads it. */
function plainLines({ slot, index, request, response }: PlainSlot): VectorLine[] {
  if (response) {
    const { id, operation, status } = response
    return [{ kind: 'blkif_response', fields: { slot, index, id, operation, status } }]
  }
  if (!request) return []
  const { operation, id, sector_number, handle, nr_segments, segments, indirect_op, indirect_grefs, flag, nr_sectors } = request
  const common = { slot, index, operation, handle, id, sector_number }
  if (flag !== undefined) return [{ kind: 'blkif_request_discard', fields: { ...common, flag, nr_sectors: nr_sectors! } }]
  const inPages = indirect_grefs !== undefined
  return [
    inPages
      ? { kind: 'blkif_request_indirect', fields: { ...common, indirect_op: indirect_op!, nr_segments: nr_segments! } }
      : { kind: 'blkif_request', fields: { ...common, nr_segments: nr_segments! } },
    ...(indirect_grefs ?? []).map((gref) => ({ kind: 'indirect_gref', fields: { slot, gref } })),
    ...(segments ?? []).map((segment) => ({ kind: 'segment', fields: { slot, ...segment } })),
  ]
}

const words = ({ kind, fields }: VectorLine) =>
  [
    kind,
    ...Object.entries(fields)
      .map(([key, value]) => `${key}=${value}`)
      .sort(),
  ].join(' ')

test.each(rings.map((ring): [string, VectorRing] => [ring.name, ring]))('%s: another decoder reads the same values', (_, ring) => {
  const { bytes, pages } = ring
  const layout = ring.ring.geometry.abi.name === 'x86_32' ? 'x86_32' : 'x86_64'
  const plain = plainRing(bytes, layout, { pages })
  const { req_prod, req_event, rsp_prod, rsp_event } = plain
  const lines = vectorLines(ring)
  expect(lines[1]!.fields).toEqual({ req_prod, req_event, rsp_prod, rsp_event })
  expect(lines.slice(2).map(words).sort()).toEqual(plain.slots.flatMap(plainLines).map(words).sort())
})

describe('bytes are those that were recorded', () => {
  test.each(RECORDED.map((moment) => [moment.name, moment] as const))('%s', (_, moment) => {
    const text = gunzipSync(readFileSync(join(root, `test/vectors/${moment.file}.ndjson.gz`))).toString('utf8')
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const { events } = vectorOf(lines.find(({ name }) => name === moment.scenario))
    const { bytes } = recordedRing({ ...moment, moved: 0 })
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(events[moment.event]!.ringSha256)
  })

  test.each(CAPTURED.map(({ name, dump }) => [name, dump]))('%s', (name, dump) => {
    const { bytes } = rings.find((ring) => ring.name === name)!
    expect(readFileSync(join(root, 'dumps', dump, 'ring.bin')).equals(bytes)).toBe(true)
  })

  testShared('the collection has the same bytes and pages', () => {
    for (const moment of RECORDED) {
      const [ours, theirs] = [recordedRing(moment), recordedRing(moment, join(SHARED, 'vectors'))]
      expect(Buffer.from(ours.bytes).equals(theirs.bytes), moment.name).toBe(true)
      expect(ours.pages, moment.name).toEqual(theirs.pages)
    }
  })
})
