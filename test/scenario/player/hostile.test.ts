// What an attacker found: workloads of split requests, answers given twice, foreign folders, damaged files, odd requests shown.
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeRequestJson } from '../../../src/commands/generate/request-json.ts'
import { loadSource } from '../../../src/commands/generate/source.ts'
import { FolderWriter } from '../../../src/node/write/write-folder.ts'
import { ByteSink } from '../../../src/print/byte-sink.ts'
import { scriptOf } from '../../../src/scenario/file/index.ts'
import { explainRequest, Player } from '../../../src/scenario/player/index.ts'
import { explainedText } from '../../support/explained-text.ts'

let scratch: string
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
})
afterEach(() => rmSync(scratch, { recursive: true, force: true }))

const split = { page_size: '64K', features: { max_indirect_segments: 0 } }

/** Plays a workload of split requests: the most that were in flight, and how many the driver put in its ring and finished. */
function playSplit(driver: string, workload: object) {
  const player = new Player(scriptOf({ ...split, driver, steps: [{ workload: { bs: '60K', count: 40, ...workload } }] }))
  const inFlight = new Set<number>()
  let most = 0
  let queued = 0
  for (const played of player.play()) {
    if (played.type !== 'step') continue
    const { outcome } = played
    if (outcome.type === 'submit' && outcome.result === 'queued') {
      queued++
      inFlight.add(outcome.request.serial)
    }
    if (outcome.type === 'interrupt') for (const { serial } of outcome.completed) inFlight.delete(serial)
    most = Math.max(most, inFlight.size)
  }
  expect(player.emulator.frontend.fatal).toBeUndefined()
  return { most, queued }
}

for (const driver of ['modern', 'extra-req'])
  for (const order of ['in-order', 'reverse', 'random']) {
    test.each([undefined, 1, 2, 4])(`split requests: ${driver}, ${order}, %s in flight`, (in_flight) => {
      const workload = { order, ...(in_flight === undefined ? {} : { in_flight }) }
      expect(playSplit(driver, workload)).toEqual({ most: in_flight ?? 16, queued: 40 })
    })
    test(`split requests: ${driver}, ${order}, answered by threes`, () => {
      expect(playSplit(driver, { order, in_flight: 4, batch: 3 })).toEqual({ most: 4, queued: 40 })
    })
  }

test('a pair that a step answered half does not stop a workload', () => {
  const half = [{ write: { bytes: '64K' } }, 'push', 'consume', { respond: { count: 1 } }, 'interrupt']
  const player = new Player(scriptOf({ ...split, steps: [...half, { workload: { bs: '64K', count: 30, in_flight: 1 } }] }))
  expect([...player.play()].filter((p) => p.type === 'step' && p.outcome.type === 'submit')).toHaveLength(31)
  expect(player.emulator.frontend.fatal).toBeUndefined()
})

test('a workload ends where the device is disabled', () => {
  const disabled = [{ read: {} }, 'push', 'consume', { respond: { id: 7, push: true } }, 'interrupt']
  const player = new Player(scriptOf({ steps: [...disabled, { workload: { count: 50, in_flight: 1 } }] }))
  const results = [...player.play()].map((p) => (p.type === 'step' && p.outcome.type === 'submit' ? p.outcome.result : ''))
  expect(results.filter((result) => result !== '')).toEqual(['queued', 'busy', 'busy'])
})

const answers = [
  ['complete', { order: [0, 0] }, 'steps[2].complete.order[1]: position 0 is answered twice'],
  ['complete', { order: [1, 0, 1] }, 'steps[2].complete.order[2]: position 1 is answered twice'],
  ['complete', { requests: [1, 1] }, 'steps[2].complete.requests[1]: request 1 is answered twice'],
] as const

test.each(answers)('%s %j answers once only', (step, keys, message) => {
  const steps = ['read', 'read', { [step]: keys }]
  const play = (more: object) => [...new Player(scriptOf({ ...more, steps: withMaps(steps) })).play()]
  expect(() => play({})).toThrow(message.replace('.complete', ''))
  expect(() => play({ unchecked: true })).not.toThrow()
})

function withMaps(steps: readonly unknown[]): unknown[] {
  return steps.map((step) => (typeof step === 'string' ? { [step]: {} } : step))
}

test('what has our names but is no file is not replaced', () => {
  const folder = join(scratch, 'd')
  const message = `${folder}: exists and holds ring.bin, which is no part of a dump; name another folder`
  mkdirSync(join(folder, 'ring.bin'), { recursive: true })
  writeFileSync(join(folder, 'ring.bin', 'precious'), '')
  expect(() => new FolderWriter(folder, { replace: true })).toThrow(message)
  expect(existsSync(join(folder, 'ring.bin', 'precious'))).toBe(true)
  rmSync(join(folder, 'ring.bin'), { recursive: true })
  symlinkSync('/dev/null', join(folder, 'ring.bin'))
  expect(() => new FolderWriter(folder, { replace: true })).toThrow(message)
})

test('a folder that came between with our names in it stays', () => {
  const folder = join(scratch, 'd')
  const writer = new FolderWriter(folder, { replace: true })
  mkdirSync(join(folder, 'xenstore.txt'), { recursive: true })
  expect(() => writer.commit()).toThrow('exists and holds xenstore.txt, which is no part of a dump; name another folder')
  writer.discard()
  expect(existsSync(join(folder, 'xenstore.txt'))).toBe(true)
})

const none = { file: undefined, fromTrace: undefined, device: undefined, fromVector: undefined, name: undefined }

/** The message without the folder. */
async function refusal(key: 'file' | 'fromTrace' | 'fromVector', content: string | Uint8Array, name?: string): Promise<string> {
  const path = join(scratch, 'in')
  writeFileSync(path, content)
  const failed = await loadSource({ ...none, [key]: path, name, unchecked: false, flags: {} }).then(() => undefined, String)
  return String(failed).replace(`${scratch}/`, '')
}

const zipped = gzipSync('steps: [push]\n'.repeat(10))

test.each(['file', 'fromTrace', 'fromVector'] as const)('gzip data that is no good: %s', async (key) => {
  expect(await refusal(key, zipped.subarray(0, 20))).toBe('DumpError: in: its gzip data breaks off; copy the file again, whole')
  const damaged = Uint8Array.from(zipped)
  damaged[zipped.length - 6]! ^= 1
  expect(await refusal(key, damaged)).toBe('DumpError: in: its gzip data is damaged (incorrect data check); copy the file again')
})

const config = { driver: 'modern', abi: 'x86_64', pageSize: 4096, ringPages: 1, maxIndirectSegments: 0, freeList: [[8, 9]] }
const vector = (name: string, ...events: unknown[]) =>
  JSON.stringify({ name, config, events: [{ type: 'init' }, ...events], finalRingSha256: '' })

test.each([
  ['', undefined, 'Error: in: holds no vector'],
  ['\n \n', 'x', 'Error: in: holds no vector'],
  ['\n\n{}\n', undefined, 'Error: in: line 3: not a scenario: no name'],
  [`${vector('a', null)}\n`, undefined, 'Error: in: line 1: a: event 1: not an object'],
  [`\n${vector('a')}\n\nnull\n`, 'b', 'Error: in: line 4: not a scenario: not an object'],
  [`${vector('a')}\n`, 'b', 'Error: in: no vector is called b; there is 1: a'],
  [`${vector('a')}\n${vector('c')}\n`, 'b', 'Error: in: no vector is called b; there are 2: a, c'],
])('vectors %j, %s', async (content, name, message) => {
  expect(await refusal('fromVector', content, name)).toBe(message)
})

/** What --explain and --json say of the requests. */
function explained(plain: object) {
  const player = new Player(scriptOf(plain))
  const texts: string[] = []
  const json: unknown[] = []
  for (const played of player.play()) {
    if (played.type !== 'step' || played.outcome.type !== 'submit') continue
    const request = explainRequest(player.emulator, played.outcome, played.idle)
    texts.push(explainedText(request))
    const sink = new ByteSink(2 ** 20, (bytes) => json.push(JSON.parse(Buffer.from(bytes).toString())))
    writeRequestJson(request, sink)
    sink.flush()
  }
  return { texts, json }
}

const copied = "data is copied, each chunk to a 4 KiB page of the driver's own"

test('a flush with data shows it', () => {
  const { texts, json } = explained({ steps: [{ flush: { sector: 8, segments: [[5, 512, 1024]] } }, { flush: {} }] })
  expect(texts).toEqual([
    `request 0  flush 1 KiB at sector 8 -> direct in slot 0, id 0
  direct: 1 Linux segment; 1 chunk fits in the 11 segments of a slot
  grants: 1 counted on, all reserved; 1 used for 1 chunk (1 new); ${copied}

  Linux page  offset  length  chunk  seg  gref  gfn     first..last  disk sectors
  0x5            512    1024      0    0  9     0x1420  1..2         8..9
`,
    'request 1  flush -> slot 1, id 1\n',
  ])
  expect(json[0]).toMatchObject({
    op: 'flush',
    shape: 'direct',
    segments: [{ slot: 0, gref: 9, gfn: 0x1420, first_sect: 1, last_sect: 2 }],
    grants: { wanted: 1, idle: 0, taken: 1, fresh: 1, used: 1 },
  })
  expect(json[1]).not.toHaveProperty('segments')
})

test.each(['modern', 'extra-req'])('a request that the %s driver refused took nothing', (driver) => {
  const scarce = { driver, first_gref: 505, max_grant_frames: 1, features: { persistent: false } }
  const { json } = explained({ ...scarce, steps: [{ write: { bytes: '16K' } }, { write: { bytes: '16K' } }] })
  expect(json[1]).toMatchObject({ result: 'busy', grants: { wanted: 4, idle: 0, taken: 0, fresh: 0, used: 0 } })
})

const rowsOf = (text: string | undefined) => text!.split('\n\n')[1]!.trimEnd().split('\n').slice(1)

test('frames that are not neighbours show their distance', () => {
  const { texts } = explained({ page_size: '64K', steps: [{ read: { bytes: '64K' } }] })
  expect(rowsOf(texts[0])).toEqual([
    '  indirect page                               9      0x14200',
    '  0x400000            0   65536   0-15  0-15  10-25  0x141f0-0x14100 by -0x10  0..7         0..127',
  ])
})

test('neighbouring references whose frames do not step evenly are rows of their own', () => {
  const grant = (gref: number, gfn: number) => ({ slot: 0, gref, gfn, first_sect: 0, last_sect: 7 })
  const chunks = [0, 1, 2].map((chunk) => ({ chunk, first_sect: 0, last_sect: 7 }))
  const text = explainedText({
    request: { serial: 0, op: 'read', fua: false, sector: 0n, nrSectors: 24, segments: [[1, 0, 12288]] },
    result: 'queued',
    slots: [0],
    ids: [0],
    pageSize: 16384,
    bounce: true,
    plan: {
      shape: 'direct',
      reason: '',
      segments: [{ segment: [1, 0, 12288], chunks, skipped: [3] }],
      nr_segments: 3,
      indirectPages: 0,
      grantsWanted: 3,
      grantsUsed: 3,
    },
    grants: [grant(9, 0x500), grant(10, 0x100), grant(11, 0x104)],
    indirectGrefs: [],
    reserved: { wanted: 3, idle: 3, taken: 0, fresh: 0 },
    disabled: false,
  })
  expect(rowsOf(text)).toEqual([
    '  0x1              0   12288      0    0  9      0x500               0..7         0..7',
    '                                1-2  1-2  10-11  0x100-0x104 by 0x4  0..7         8..23',
    '                                  3                                               none: empty, no grant',
  ])
})

test('lengths that no block layer sends are shown as they are', () => {
  const reads = [{ bytes: 1 }, { segments: [] }, { segments: [[1, 0, 0]] }, { bytes: 5000 }].map((read) => ({ read }))
  const { texts } = explained({ unchecked: true, steps: reads })
  expect(texts.map((text) => text.split('\n')[0])).toEqual([
    'request 0  read 1 byte at sector 0 -> direct in slot 0, id 0',
    'request 1  read 0 bytes at sector 1 -> direct in slot 1, id 1',
    'request 2  read 0 bytes at sector 1 -> direct in slot 2, id 2',
    'request 3  read 5000 bytes at sector 1 -> direct in slot 3, id 3',
  ])
  expect(rowsOf(texts[0])).toEqual([
    '  0x400000         0       1      0    0  9     0x1420  0..255       none: less than a sector',
  ])
  expect(texts[1]).toBe(`request 1  read 0 bytes at sector 1 -> direct in slot 1, id 1
  direct: 0 Linux segments; 0 chunks fit in the 11 segments of a slot
  grants: 0 counted on, all reserved; 0 used for 0 chunks; ${copied}
`)
  expect(rowsOf(texts[2])).toEqual(['  0x1              0       0      0                               none: empty, no grant'])
})

test('a gzip bomb is refused before it is a text', async () => {
  const member = gzipSync(Buffer.alloc(2 ** 20, ' '))
  expect(await refusal('file', Buffer.concat(Array.from({ length: 65 }, () => member)))).toMatch('unpacks to more than 64 MiB')
})
