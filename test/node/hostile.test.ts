// Whatever the bytes are, and whatever XenStore says: every slot is shown, and what is wrong is a finding with its place.

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { Capture } from '../../src/capture/capture.ts'
import { chooseDevice } from '../../src/capture/choose-device.ts'
import { type DecodedCapture, decodeCapture } from '../../src/capture/decode-capture.ts'
import { chooseProtocol } from '../../src/capture/protocol.ts'
import { distance } from '../../src/codec/ring/ring-idx.ts'
import { ABIS, type Abi } from '../../src/codec/struct/abi.ts'
import { ringText } from '../../src/commands/decode/text.ts'
import { ioProblem } from '../../src/node/io-problem.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { plainStyle } from '../../src/print/style.ts'
import { ringJson } from '../../src/rows/ring-json.ts'
import { parseXenstore } from '../../src/xenstore/devices.ts'
import { ringRefs } from '../../src/xenstore/queues.ts'
import { captures } from '../support/captures.ts'
import layout from '../support/layout.json' with { type: 'json' }

const PAGE = 4096
const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** What a compiler says of ring.h, by ABI and pages. */
function slotsOf(abi: Abi, pages: number): number {
  const source = abi.name === 'x86_32' ? 'xen-4.17-libxen-dev/x86_32' : 'xen-4.17-libxen-dev/x86_64'
  return (layout[source]['CONST_RING_SIZE blkif'] as Record<string, number>)[pages]!
}

const ROW = /^[ !>?<x_~+-] +(\d+) +\d+ +(?:request|response|cleared|unknown|continuation)\b/

/** Decoded and printed, nothing of it is lost, and every finding says where. */
function check(dump: Capture, abi?: Abi): DecodedCapture {
  const decoded = decodeCapture(dump, abi)
  const { ring, findings, protocol } = decoded
  const nr_ents = slotsOf(protocol.abi, dump.bytes.length / PAGE)
  expect(ring.slots.map((s) => s.slot)).toEqual(Array.from({ length: nr_ents }, (_, i) => i))
  expect(ring.slots.filter((s) => s.index % nr_ents !== s.slot)).toEqual([])

  const [req_prod, , rsp_prod] = new Uint32Array(dump.bytes.slice(0, 16).buffer) as unknown as [number, number, number]
  const outstanding = distance(rsp_prod, req_prod)
  // What the input does not have of a ring holds what the indices say.
  const holding = (what: 'request' | 'unused') =>
    ring.slots.filter((s) => (s.state === 'unknown' ? s.holds === what : s.state === what)).map((s) => s.slot)
  if (outstanding <= nr_ents) expect(holding('request')).toHaveLength(outstanding)
  else expect(holding('request').length + holding('unused').length).toBe(nr_ents)

  for (const f of findings) {
    expect(f.code).toMatch(/^[a-z]+(-[a-z]+)+$/)
    expect(f.message).toMatch(/^\S.*\S$/s)
    if (f.slot !== undefined) expect(f.slot).toBeOneOf(ring.slots.map((s) => s.slot))
    if (f.offset !== undefined) expect(f.offset >= 0 && f.offset < dump.bytes.length, `${f.code} at ${f.offset}`).toBe(true)
  }

  const json = ringJson(decoded)
  expect(JSON.parse(JSON.stringify(json))).toEqual(json)
  const lines = ringText(decoded, { style: plainStyle, filter: 'all', segments: true }).split('\n')
  const shown = lines.flatMap((line) => ROW.exec(line)?.[1] ?? []).map(Number)
  const unused = new Set(holding('unused'))
  const used = ring.slots.map((s) => s.slot).filter((slot) => !unused.has(slot))
  expect(shown.sort((a, b) => a - b)).toEqual(used)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may reach a terminal
  expect(lines.filter((line) => /[\u0000-\u001f\u007f-\u009f]/.test(line))).toEqual([])
  return decoded
}

const abis = fc.constantFrom(undefined, ...ABIS)

/** Near 2^32, near 0, or anywhere. */
const index = fc.oneof(
  fc.integer({ min: 1, max: 600 }).map((back) => 2 ** 32 - back),
  fc.integer({ min: 0, max: 600 }),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
)
const sring = fc.tuple(index, index, index, index)
/** Indices that can be. */
const sane = fc.tuple(index, fc.integer({ min: 0, max: 512 })).map(([rsp, n]) => [rsp + n, rsp + n + 1, rsp, rsp + 1])

/** Bytes of chance; masks make many of them operations, counts and sectors that can be. */
function noise(seed: number, mask: number, length: number): Uint8Array {
  let state = seed | 1
  return Uint8Array.from({ length }, () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state & mask
  })
}

const pages = fc
  .record({
    pages: fc.integer({ min: 1, max: 16 }),
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
    mask: fc.constantFrom(0xff, 0x07, 0x0f, 0x01, 0x00),
    sring: fc.option(fc.oneof(sring, sane)),
  })
  .map(ringOf)

function ringOf(r: { pages: number; seed: number; mask: number; sring: number[] | null }) {
  const bytes = noise(r.seed, r.mask, r.pages * PAGE)
  if (r.sring) bytes.set(new Uint8Array(Uint32Array.from(r.sring).buffer))
  return { pages: r.pages, bytes }
}

/** Slots in every state: full of requests of all kinds, all zeros behind responses, and hardly used. */
const EVERY_STATE = [
  { pages: 16, seed: 1, mask: 0x07, sring: [600, 601, 88, 89] },
  { pages: 1, seed: 1, mask: 0, sring: [40, 41, 40, 41] },
  { pages: 1, seed: 1, mask: 0x07, sring: [3, 4, 2, 3] },
].map((r): [ReturnType<typeof ringOf>, undefined] => [ringOf(r), undefined])

test('pages of chance, with indices near 2^32', () => {
  const states = new Set<string>()
  fc.assert(
    fc.property(pages, abis, (ring, abi) => {
      const path = join(scratch, 'chance.bin')
      writeFileSync(path, ring.bytes)
      const [dump, ...more] = [...loadDumps(path, { pages: ring.pages })]
      expect([dump!.bytes.length, more.length]).toEqual([ring.bytes.length, 0])
      const { ring: decoded } = check(dump!, abi)
      for (const s of decoded.slots) states.add(s.state === 'request' ? s.request.op : s.state)
    }),
    { numRuns: 120, examples: EVERY_STATE },
  )
  const ops = ['read', 'write', 'barrier', 'flush', 'packet', 'discard', 'indirect', 'unknown']
  expect([...states].sort()).toEqual([...ops, 'cleared', 'response', 'unused'].sort())
})

const real = captures.flatMap((c) => [...loadDumps(c.path)].slice(0, 2))

const wounds = fc.array(fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }), header: fc.boolean() }), {
  minLength: 1,
  maxLength: 40,
})

function wounded(bytes: Uint8Array, where: readonly { at: number; byte: number; header: boolean }[]): Uint8Array {
  const copy = Uint8Array.from(bytes)
  for (const { at, byte, header } of where) copy[at % (header ? 16 : copy.length)] = byte
  return copy
}

test('captured rings with bytes changed, and their indirect pages changed and cut', () => {
  expect(real.length).toBeGreaterThan(30)
  const codes = new Set<string>()
  fc.assert(
    fc.property(fc.constantFrom(...real), wounds, abis, fc.integer({ min: 0, max: PAGE + 1 }), (dump, where, abi, cut) => {
      const get = (gref: number) => {
        const page = dump.indirectPages.get(gref)
        return page && wounded(page, where).subarray(0, cut)
      }
      for (const f of check({ ...dump, bytes: wounded(dump.bytes, where), indirectPages: { get } }, abi).findings) codes.add(f.code)
    }),
    { numRuns: 400 },
  )
  const damage = ['indices-impossible', 'indirect-page-size', 'nr-segments-impossible', 'operation-unknown', 'segment-range']
  expect([...codes]).toEqual(expect.arrayContaining(damage))
})

const value = fc.oneof(
  fc.constantFrom('x86_64-abi', 'x86_32-abi', 'arm-abi', 'native', 'vax-abi', '', '1', '2', '4096', '51712', '-1', '1e9', 'NaN'),
  fc.string({ unit: 'binary', maxLength: 12 }),
)
const key = fc.oneof(
  fc.constantFrom('protocol', 'ring-ref', 'ring-ref0', 'ring-ref1', 'ring-page-order', 'virtual-device', 'backend'),
  fc.constantFrom('multi-queue-num-queues', 'queue-0/ring-ref', 'queue-1/ring-ref0', 'queue-0', '__proto__', 'constructor', ''),
  fc.string({ unit: 'binary', maxLength: 8 }),
)
const root = fc.constantFrom(
  '',
  '/',
  '/local/domain/3/device/vbd/51712/',
  '/local/domain/3/device/vbd/51728/',
  'local/domain/4/device/vbd/768/',
  '/local/domain/0/backend/vbd/3/51712/',
  '/local/domain/0/backend/qdisk/3/51728/',
)
const nodeLine = fc
  .tuple(fc.integer({ min: 0, max: 6 }), root, key, value)
  .map(([indent, path, k, v]) => `${' '.repeat(indent)}${path}${k} = "${v}"`)
/** What a frontend writes. */
const ownNode = fc.oneof(
  fc.tuple(fc.constant('protocol'), fc.constantFrom('x86_64-abi', 'x86_32-abi', 'arm-abi', 'native', '\u001b[31mvax\r')),
  fc.tuple(fc.constantFrom('ring-ref', 'ring-ref0', 'ring-ref1'), fc.constantFrom('8', '9', '10')),
  fc.tuple(fc.constantFrom('multi-queue-num-queues', 'queue-0/ring-ref0'), fc.constantFrom('1', '2', '4096', '99999')),
)
const ownLine = fc
  .tuple(fc.constantFrom(51712, 51728), ownNode)
  .map(([vdev, [k, v]]) => `/local/domain/3/device/vbd/${vdev}/${k} = "${v}"`)
const level = fc.constantFrom('local', 'domain', '3', 'device', 'vbd', '51712', 'queue-0')
const tree = fc.tuple(fc.integer({ min: 0, max: 6 }), level).map(([indent, name]) => `${' '.repeat(indent)}${name} = ""`)
const text = fc
  .array(fc.oneof(nodeLine, { weight: 3, arbitrary: ownLine }, tree, fc.string({ unit: 'binary', maxLength: 30 })), {
    maxLength: 40,
  })
  .map((lines) => lines.join('\n'))

const vbd = (id: number, nodes: string) =>
  nodes
    .split(' ')
    .map((node) => `/local/domain/3/device/vbd/${id}/${node.replace('=', ' = "')}"`)
    .join('\n')

/** What chance may leave out, one of each kind of finding. */
const GIVEN = [
  vbd(51712, 'ring-ref0=8 ring-ref1=9 protocol=vax-abi'),
  vbd(51712, 'ring-ref=8 protocol=x86_32-abi'),
  vbd(51712, 'ring-ref=8 protocol=x86_64-abi'),
  `${vbd(51712, 'ring-ref=8')}\n${vbd(51728, 'ring-ref=9')}`,
  vbd(51712, 'multi-queue-num-queues=2 queue-0/ring-ref=8 queue-1/ring-ref=9'),
  'nothing of a device',
]

test('XenStore text of chance', () => {
  const given = GIVEN.flatMap((said) => real.map((dump): [string, Capture, null] => [said, dump, null]))
  const how = new Set<string>()
  const codes = new Set<string>()
  const folder = join(scratch, 'xenstore')
  mkdirSync(folder)
  fc.assert(
    fc.property(text, fc.constantFrom(...real), fc.option(fc.nat(3)), (said, dump, q) => {
      const queue = q ?? undefined
      const devices = parseXenstore(said)
      for (const device of devices) expect(ringRefs(device).length).toBeLessThanOrEqual(4096)
      const { device, rivals } = chooseDevice(devices, dump, queue)
      expect([device !== undefined, rivals < Math.max(devices.length, 1)]).toEqual([devices.length > 0, true])
      const choice = chooseProtocol({ ...dump, xenstore: device }, undefined)
      if (choice.how === 'xenstore') expect(device!.frontend.get('protocol')).toBe(choice.protocol)
      how.add(choice.how)
      for (const f of check({ ...dump, queue, xenstore: device }).findings) codes.add(f.code)
      writeFileSync(join(folder, 'ring.bin'), dump.bytes)
      writeFileSync(join(folder, 'xenstore.txt'), said)
      const [loaded] = [...loadDumps(folder)]
      for (const f of check(loaded!).findings) codes.add(f.code)
    }),
    { numRuns: 200 + given.length, examples: given },
  )
  for (const dump of real) how.add(chooseProtocol({ ...dump, xenstore: undefined }, undefined).how)
  expect([...how].sort()).toEqual(['assumed', 'score', 'xenstore'])
  const xenstore = ['pages-contradict-xenstore', 'protocol-contradicts-ring', 'protocol-unknown', 'queues-contradict-xenstore']
  expect([...codes]).toEqual(expect.arrayContaining([...xenstore, 'xenstore-ambiguous', 'xenstore-empty']))
})

test.each([
  ['ENOENT', 'no such file or directory'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EISDIR', 'is a directory'],
  ['ENOTDIR', 'a part of the path is not a directory'],
  ['ELOOP', 'too many symbolic links'],
  ['EIO', 'the device or file cannot be read (input/output error)'],
  ['ENOSPC', 'no space left on device'],
  ['EMFILE', 'EMFILE'],
])('%s in words: %s', (code, words) => {
  expect(ioProblem(Object.assign(new Error('of Node'), { code }))).toBe(words)
})

test('an error without a code keeps its message', () => {
  expect(ioProblem(new Error('of Node'))).toBe('of Node')
  expect(ioProblem('thrown as it is')).toBe('thrown as it is')
})

test.runIf(process.getuid?.() !== 0)('a ring that may not be read', () => {
  const path = join(scratch, 'secret.bin')
  writeFileSync(path, readFileSync(join(captures[0]!.path, 'ring.bin')))
  chmodSync(path, 0)
  expect(() => [...loadDumps(path)]).toThrow(`${path}: permission denied`)
})
