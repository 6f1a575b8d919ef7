// A listing stands for no more than it says: few lines do not make many queues, and one folder is not printed for each of a thousand.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { vbdJson } from '../../src/commands/vbds/text.ts'
import { readNamedRings } from '../../src/node/read/image-inputs.ts'
import { listVbds, parseXenstore } from '../../src/xenstore/devices.ts'
import { queueCount, ringRefs } from '../../src/xenstore/queues.ts'

const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const DEVICES = Array.from({ length: 1000 }, (_, i) => 51712 + i)
const QUEUES = DEVICES.map((vdev) => `/local/domain/3/device/vbd/${vdev}/multi-queue-num-queues = "4096"\n`).join('')

test('queues without nodes', () => {
  const vbds = listVbds(QUEUES)
  expect(vbds.map(queueCount)).toEqual(DEVICES.map(() => 4096))
  expect(new Set(vbds.map((vbd) => ringRefs(vbd).length))).toEqual(new Set([16]))
})

test('queues with nodes are all there, those between them too', () => {
  const at = '/local/domain/3/device/vbd/51712'
  const own = [0, 1, 5, 40].map((q) => `${at}/queue-${q}/ring-ref = "${100 + q}"\n`).join('')
  const [device] = parseXenstore(`${at}/multi-queue-num-queues = "41"\n${own}`)
  const refs = ringRefs(device!)
  expect([refs[0], refs[1], refs[2], refs[5]]).toEqual([[100], [101], [], [105]])
  const all = Array.from({ length: 300 }, (_, q) => `${at}/queue-${q}/ring-ref = "${q}"\n`).join('')
  const [full] = parseXenstore(`${at}/multi-queue-num-queues = "300"\n${all}`)
  expect(ringRefs(full!)).toEqual(Array.from({ length: 300 }, (_, q) => [q]))
})

test.each(['0', '-1', '1e3', '4097', '', '0x10', '99999999999'])('%j queues are none', (said) => {
  const [device] = parseXenstore(`/local/domain/3/device/vbd/51712/multi-queue-num-queues = "${said}"\n`)
  expect([queueCount(device!), ringRefs(device!)]).toEqual([0, []])
})

test('rings that are looked for in an image are bounded, and what is left is said once', () => {
  const path = join(scratch, 'xenstore.txt')
  writeFileSync(path, QUEUES)
  const { devices, notes } = readNamedRings(path)
  expect([devices.size, notes]).toEqual([
    4096,
    [`${1000 * 4096 - 4096} more rings of ${path} are not looked for: queues without nodes, or beyond the first 4096`],
  ])
})

test('one backend that a thousand frontends name is not theirs', () => {
  const path = '/local/domain/0/backend/vbd/3/51712'
  const frontends = DEVICES.map((vdev) => `/local/domain/3/device/vbd/${vdev}/backend = "${path}"\n`).join('')
  const backend = DEVICES.map((n) => `${path}/node-${n} = "x"\n`).join('')
  const text = frontends + backend
  expect(JSON.stringify(listVbds(text).map(vbdJson)).length).toBeLessThan(5 * text.length)
})

test('paths that are longer than any of a device are not kept', () => {
  const deep = Array.from({ length: 9 }, (_, i) => `${' '.repeat(i)}${'k'.repeat(300)} = ""\n`).join('')
  const below = Array.from({ length: 20_000 }, (_, i) => `${' '.repeat(9)}${i} = ""\n`).join('')
  const before = process.memoryUsage().heapUsed
  const found = listVbds(`${deep}${below}ring-ref = "9"\n`)
  expect(found.map(({ frontend }) => frontend.get('ring-ref'))).toEqual(['9'])
  expect(found[0]!.frontend.size).toBe(1)
  // 20,000 paths of 2,700 characters are 54 MB.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(40e6)
})
