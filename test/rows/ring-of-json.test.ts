// What `decode --json` prints is a ring again: over the same ring every byte of it, and without one all that was decoded.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { captureOf } from '../../src/capture/index.ts'
import { loadDumps } from '../../src/node/index.ts'
import { ringOfJson } from '../../src/rows/encode/ring-of-json.ts'
import { ringJson } from '../../src/rows/ring-json.ts'

const dumps = join(import.meta.dirname, '../../dumps')
const FOLDERS = readdirSync(dumps, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /^ring(-\d+)?\.(bin|txt)$|^queue-0$/.test(entry.name))
  .map(({ parentPath }) => parentPath.replace(/\/queue-\d+$/, ''))

const asText = (value: unknown) => JSON.parse(JSON.stringify(value))

test('over the same ring every byte is there again, and without one all that was decoded', () => {
  let rings = 0
  for (const folder of new Set(FOLDERS)) {
    for (const capture of loadDumps(folder, { onError: () => {} })) {
      const decoded = decodeCapture(capture)
      const json = asText(ringJson(decoded))
      const over = ringOfJson(json, capture)
      expect(Buffer.compare(over.bytes, capture.bytes), folder).toBe(0)
      for (const [gref, page] of over.indirectPages) {
        const was = capture.indirectPages.get(gref)
        if (was) expect(Buffer.compare(page.subarray(0, was.length), was), folder).toBe(0)
      }
      rings++
      if (capture.missing?.length) continue
      const alone = ringOfJson(json)
      const again = decodeCapture(
        captureOf(alone.bytes, { ...capture, indirectPages: alone.indirectPages }),
        decoded.ring.geometry.abi,
        decoded.ring.sectorUnit,
      )
      const { findings: _, ...back } = asText(ringJson({ ...again, protocol: decoded.protocol }))
      const { findings: __, ...was } = json
      expect(back, folder).toEqual(was)
    }
  }
  expect(rings).toBeGreaterThan(100)
})

const direct = [...loadDumps(join(dumps, 'direct'))][0]!
const DIRECT = asText(ringJson(decodeCapture(direct)))
const changed = (change: (json: typeof DIRECT) => void) => {
  const json = structuredClone(DIRECT)
  change(json)
  return json
}

test('a field that was changed changes its bytes alone, beneath a response by the reading that was changed', () => {
  const differing = (json: unknown) => {
    const { bytes } = ringOfJson(json, direct)
    return [...bytes.entries()].flatMap(([at, byte]) => (byte === direct.bytes[at] ? [] : [at]))
  }
  const slotAt = 64 + 20 * 112
  expect(differing(changed((json) => (json.slots[20].request.operation = 6)))).toEqual([slotAt])
  expect(differing(changed((json) => (json.slots[20].request.segments[1].last_sect = 200)))).toEqual([slotAt + 24 + 8 + 5])
  expect(differing(changed((json) => (json.slots[0].beneath.segments[0].gref += 256)))).toEqual([64 + 25])
  expect(differing(changed((json) => (json.slots[0].beneath.handle += 1)))).toEqual([64 + 24])
})

test('a mistake names slot, key and cure', () => {
  const mistake = (change: (json: typeof DIRECT) => void, under?: typeof direct) => () => ringOfJson(changed(change), under)
  expect(mistake((json) => (json.slots[20].request.nr_segments = 300), direct)).toThrow(
    'slot 20: request.nr_segments: 300 is no u8; write a whole number from 0 to 255',
  )
  expect(mistake((json) => (json.slots[20].request.id = 2 ** 53))).toThrow(
    'request.id: 9007199254740992 is no u64; write a whole number',
  )
  expect(mistake((json) => (json.slots[0].beneath.handle += 1))).toThrow(
    /beneath\.segments\[0\]\.gref, which says something else; let both/,
  )
  expect(mistake((json) => (json.slots[3].respone = {}))).toThrow('slots[3].respone: no such key; delete it; there are slot,')
  expect(mistake((json) => (json.slots[3].slot = 32))).toThrow('slots[3].slot: 32 is no slot; the ring has 0 to 31')
  expect(mistake((json) => (json.req_prod = null))).toThrow('req_prod: it was not in the input')
  expect(mistake((json) => (json.slots[3].state = 'unknown'))).toThrow('slot 3: state: unknown')
  expect(mistake((json) => (json.pages = 17))).toThrow('pages: 17 is no number of pages; write 1 to 16')
  expect(ringOfJson(changed((json) => (json.slots[20].request.op = 'read'))).contradicted).toEqual([20])
})

test('what no decoder prints is refused by its key, whatever it is', () => {
  const mistake = (change: (json: typeof DIRECT) => void, under?: typeof direct) => () => ringOfJson(changed(change), under)
  for (const op of [{ toString: 1 }, ['write'], 7, 'constructor'])
    expect(mistake((json) => (json.slots[20].request = { ...json.slots[20].request, operation: undefined, op }))).toThrow(
      /^slot 20: request\.op: .* is no operation; write its number as operation$/,
    )
  for (const under of [undefined, direct])
    expect(mistake((json) => json.slots.push(json.slots[20]), under)).toThrow(
      'slots[32].slot: slot 20 is there already; delete one of the two',
    )
  for (const queue of [-1, 1.5, 1e300, '0']) expect(mistake((json) => (json.queue = queue))).toThrow('is no number of a queue')
})
