// Whatever the bytes are, and whatever XenStore says: findings with their place, never an exception, in bounded time.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Capture } from '../../src/capture/capture.ts'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { BACKENDS, backendVerdicts, type CheckFinding, createChecker, RULES } from '../../src/check/index.ts'
import { ABIS } from '../../src/codec/struct/abi.ts'
import { parseXenstore } from '../../src/xenstore/devices.ts'
import { captures } from '../support/captures.ts'
import { dumps } from './run-check.ts'

const PAGE = 4096

/** Checked as a series of one queue, and the findings looked at. */
function check(moments: readonly Pick<Capture, 'bytes' | 'indirectPages' | 'xenstore' | 'queue'>[], abi = ABIS[0]): CheckFinding[] {
  const checker = createChecker()
  const found = moments.flatMap((moment, snapshot) => {
    const decoded = decodeCapture({ source: 'made', findings: [], snapshot, number: undefined, ...moment }, abi)
    const findings = checker.ring(decoded)
    for (const { rule, message, slot, offset } of findings) {
      expect(RULES).toContain(rule)
      expect(message, rule.id).toMatch(/^\S.*\S$/s)
      if (slot !== undefined) expect(slot < decoded.ring.geometry.nr_ents, rule.id).toBe(true)
      if (offset !== undefined) expect(offset >= 0 && offset < moment.bytes.length, `${rule.id} at ${offset}`).toBe(true)
    }
    const offsets = findings.map(({ offset }) => offset ?? -1)
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b))
    for (const backend of BACKENDS) backendVerdicts(decoded, backend)
    return findings
  })
  return [...found, ...checker.end()]
}

const index = fc.oneof(
  fc.integer({ min: 1, max: 600 }).map((back) => 2 ** 32 - back),
  fc.integer({ min: 0, max: 600 }),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
)
const indices = fc.oneof(
  fc.tuple(index, index, index, index),
  fc.tuple(index, fc.integer({ min: 0, max: 512 })).map(([rsp, n]) => [rsp + n, rsp + n + 1, rsp, rsp + 1] as const),
)

/** A ring of chance whose bytes are small enough, often, for operations and counts that can be. */
const ring = fc
  .tuple(fc.constantFrom(1, 2, 4), indices, fc.integer(), fc.constantFrom(0x07, 0x0f, 0xff))
  .map(([pages, sring, seed, mask]) => {
    const bytes = new Uint8Array(pages * PAGE)
    let state = seed | 1
    for (let i = 64; i < bytes.length; i++) {
      state = Math.imul(state, 1103515245) + 12345
      bytes[i] = (state >>> 16) & mask
    }
    new Uint32Array(bytes.buffer).set(sring.map((n) => n >>> 0))
    return bytes
  })
const page = fc.uint8Array({ minLength: 0, maxLength: PAGE + 1 })

test('rings of chance, and series of them', () => {
  fc.assert(
    fc.property(fc.array(ring, { minLength: 1, maxLength: 3 }), page, fc.constantFrom(...ABIS), (rings, content, abi) => {
      check(
        rings.map((bytes) => ({ bytes, indirectPages: { get: () => content }, xenstore: undefined, queue: undefined })),
        abi,
      )
    }),
    { numRuns: 60 },
  )
})

const KEYS = ['ring-ref', 'ring-ref0', 'ring-ref1', 'ring-page-order', 'num-ring-pages', 'protocol', 'state', 'virtual-device']
const QUEUE_KEYS = ['multi-queue-num-queues', 'queue-0/ring-ref', 'queue-1/ring-ref0', 'queue-1/event-channel', 'event-channel']
const BACKEND_KEYS = ['sectors', 'sector-size', 'physical-sector-size', 'info', 'mode', 'discard-granularity', 'discard-alignment']
const FEATURE_KEYS = ['feature-discard', 'feature-max-indirect-segments', 'max-ring-page-order', 'multi-queue-max-queues', 'state']
const value = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '1',
    '2',
    '4',
    '-1',
    '0x10',
    '1e9',
    'r',
    'w',
    'x86_64-abi',
    '512',
    '4096',
    '18446744073709551615',
    '99999999999999999999',
  ),
  fc.string({ maxLength: 30 }),
  fc.nat().map(String),
)
const nodes = (keys: readonly string[]) => fc.dictionary(fc.constantFrom(...keys), value).map((d) => new Map(Object.entries(d)))
const xenstore = fc.record({ frontend: nodes([...KEYS, ...QUEUE_KEYS]), backend: nodes([...BACKEND_KEYS, ...FEATURE_KEYS]) })

test('XenStore of chance', () => {
  const bytes = Uint8Array.from(readFileSync(join(dumps, 'direct/ring.bin')))
  fc.assert(
    fc.property(xenstore, (device) => {
      const findings = check([{ bytes, indirectPages: new Map(), xenstore: device, queue: undefined }], undefined)
      for (const { message } of findings) expect(message.length).toBeLessThan(300)
    }),
  )
})

test('a byte of a real ring changed is no exception, and one of its header that counts is seen', () => {
  const bytes = Uint8Array.from(readFileSync(join(dumps, 'multi-page/ring.bin')))
  fc.assert(
    fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, bits) => {
      const damaged = Uint8Array.from(bytes)
      damaged[at]! ^= bits
      const ids = check([{ bytes: damaged, indirectPages: new Map(), xenstore: undefined, queue: undefined }]).map(
        ({ rule }) => rule.id,
      )
      if (at >= 16 && at < 64) expect(ids).toContain('header-padding')
      if (at >= 1 && at < 4) expect(ids).toContain('indices-impossible')
    }),
    { numRuns: 150 },
  )
})

test('segments that are hostile in number cost no more than they are', () => {
  // Every slot of sixteen pages an indirect request of eight whole pages, all of them one.
  const bytes = new Uint8Array(16 * PAGE)
  const view = new DataView(bytes.buffer)
  new Uint32Array(bytes.buffer).set([512, 513, 0, 1])
  for (let slot = 0; slot < 512; slot++) {
    const at = 64 + slot * 112
    view.setUint8(at, 6)
    view.setUint16(at + 2, 4096, true)
    view.setBigUint64(at + 8, BigInt(slot), true)
    for (let k = 0; k < 8; k++) view.setUint32(at + 28 + 4 * k, 9, true)
  }
  const content = new Uint8Array(PAGE).fill(1)
  const findings = check([{ bytes, indirectPages: { get: () => content }, xenstore: undefined, queue: undefined }])
  expect(findings.filter(({ rule }) => rule.id === 'indirect-gref-repeated')).toHaveLength(512)
  // One finding of a rule for each request, whatever it holds.
  expect(findings.length).toBeLessThan(512 * RULES.length)
})

test('a ring that is looked at twice in a row says the same of itself, and nothing as a series', () => {
  const [capture] = captures.filter(({ name }) => name === 'indirect')
  const bytes = Uint8Array.from(readFileSync(join(capture!.path, 'ring.bin')))
  const [device] = parseXenstore(readFileSync(join(capture!.path, 'xenstore.txt'), 'utf8'))
  const moment = { bytes, indirectPages: new Map(), xenstore: device, queue: undefined }
  const [once, twice] = [check([moment]), check([moment, moment])]
  expect(twice.map(({ rule, slot }) => [rule.id, slot])).toEqual([...once, ...once].map(({ rule, slot }) => [rule.id, slot]))
})
