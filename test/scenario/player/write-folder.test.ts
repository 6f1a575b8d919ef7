// A folder that appears whole or not at all.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { decodeCapture } from '../../../src/capture/decode-capture.ts'
import { openSink } from '../../../src/commands/generate/sinks.ts'
import { loadDumps } from '../../../src/node/read/load.ts'
import { FolderWriter } from '../../../src/node/write/write-folder.ts'
import { scriptOf } from '../../../src/scenario/file/index.ts'
import { Player } from '../../../src/scenario/player/index.ts'

let scratch: string
let folder: string
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
  folder = join(scratch, 'ring')
})
afterEach(() => rmSync(scratch, { recursive: true, force: true }))

test('nothing stands in its place until it is whole', () => {
  const writer = new FolderWriter(folder, { replace: false })
  writer.write('ring.bin', 'new')
  expect(existsSync(folder)).toBe(false)
  writer.commit()
  expect(readdirSync(scratch)).toEqual(['ring'])
  expect(readdirSync(folder)).toEqual(['ring.bin'])
})

test('a write that fails leaves nothing behind', () => {
  const writer = new FolderWriter(folder, { replace: false })
  writer.write('ring.bin', 'new')
  expect(() => writer.write('no/such/place', 'new')).toThrow(`${folder}: no such file or directory`)
  writer.discard()
  expect(readdirSync(scratch)).toEqual([])
})

test('an old dump stays as it is until the new one is whole', () => {
  mkdirSync(folder)
  writeFileSync(join(folder, 'ring.bin'), 'old')
  expect(() => new FolderWriter(folder, { replace: false })).toThrow(`${folder}: exists already; name another folder`)
  const failing = new FolderWriter(folder, { replace: true })
  failing.write('ring.bin', 'new')
  failing.discard()
  expect(readFileSync(join(folder, 'ring.bin'), 'utf8')).toBe('old')
  const writer = new FolderWriter(folder, { replace: true })
  writer.write('xenstore.txt', 'new')
  writer.commit()
  expect(readdirSync(scratch)).toEqual(['ring'])
  expect(readdirSync(folder)).toEqual(['xenstore.txt'])
})

test('what is no dump is never replaced', () => {
  mkdirSync(folder)
  writeFileSync(join(folder, 'notes.txt'), 'mine')
  expect(() => new FolderWriter(folder, { replace: true })).toThrow(
    'exists and holds notes.txt, which is no part of a dump; name another folder',
  )
  const link = join(scratch, 'link')
  symlinkSync(folder, link)
  expect(() => new FolderWriter(link, { replace: true })).toThrow('exists and is no folder; name another one')
  for (const place of ['', '/']) expect(() => new FolderWriter(place, { replace: true })).toThrow('is no place for a dump folder')
  expect(readdirSync(scratch).sort()).toEqual(['link', 'ring'])
})

test('a folder that came between is not replaced', () => {
  const writer = new FolderWriter(folder, { replace: false })
  mkdirSync(folder)
  writeFileSync(join(folder, 'ring.bin'), 'theirs')
  expect(() => writer.commit()).toThrow('exists already')
  writer.discard()
  expect(readdirSync(scratch)).toEqual(['ring'])
})

test('an indirect page of a series that changes between snapshots is kept of each', () => {
  // Without persistent grants the references come back last in, first out: those of the second request run downwards.
  const plain = { features: { persistent: false }, steps: [{ workload: { bs: '64K', count: 3, in_flight: 1 } }] }
  const sink = openSink(plain, { output: folder, force: false, series: true })!
  const player = new Player(scriptOf(plain))
  for (const played of player.play())
    if (played.type === 'step' && played.outcome.type === 'push') sink.snapshot(player, 0, played.path)
  sink.end(player)
  const rings = ['ring-000.bin', 'ring-001.bin', 'ring-002.bin']
  const others = ['indirect-9.bin', 'ring-001.indirect-9.bin', 'scenario.json', 'xenstore.txt']
  expect(readdirSync(folder).sort()).toEqual([...rings, ...others].sort())

  const grefs = Array.from({ length: 16 }, (_, i) => 10 + i)
  const read = [...loadDumps(folder)].map((dump) =>
    decodeCapture(dump).ring.slots.flatMap((s) => (s.state === 'request' && s.request.kind === 'indirect' ? [s.request] : [])),
  )
  expect(read.map((requests) => requests.map((r) => [r.indirect_grefs, r.segments?.map((segment) => segment.gref)]))).toEqual([
    [[[9], grefs]],
    [[[9], grefs.toReversed()]],
    [[[9], grefs]],
  ])
})
