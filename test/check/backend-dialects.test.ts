// In which units and in which layout a backend reads a ring, whoever wrote XenStore's nodes and whatever the guest meant.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Capture } from '../../src/capture/capture.ts'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { type BackendName, backendVerdicts, createChecker, readByBackend } from '../../src/check/index.ts'
import { ringGeometry, slotOffset } from '../../src/codec/ring/geometry.ts'
import { x86_64 } from '../../src/codec/struct/abi.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { dumps } from './run-check.ts'

/** One read of one segment of a page at the sector, from a disk of the size; offsets by protocol.md, sections 2 and 3. */
function oneRead(sector: bigint, lastSect: number, frontend: Record<string, string>, backend: Record<string, string>): Capture {
  const bytes = new Uint8Array(4096)
  const view = new DataView(bytes.buffer)
  for (const [i, index] of [1, 1, 0, 1].entries()) view.setUint32(4 * i, index, true)
  const at = slotOffset(ringGeometry(x86_64, 1), 0)
  view.setUint8(at + 1, 1)
  view.setBigUint64(at + 8, 7n, true)
  view.setBigUint64(at + 16, sector, true)
  view.setUint32(at + 24, 9, true)
  view.setUint8(at + 29, lastSect)
  return {
    source: 'made',
    queue: undefined,
    snapshot: 0,
    number: undefined,
    bytes,
    indirectPages: new Map(),
    xenstore: { frontend: new Map(Object.entries(frontend)), backend: new Map(Object.entries(backend)) },
    findings: [],
  }
}

const PROTOCOL = { protocol: 'x86_64-abi', 'ring-ref': '8' }
const PHY = { ...PROTOCOL, backend: '/local/domain/0/backend/vbd/7/51712' }
const QDISK = { ...PROTOCOL, backend: '/local/domain/0/backend/qdisk/7/51712' }
const outcomes = (dump: Capture, backend: BackendName, unit?: 4096) =>
  backendVerdicts(decodeCapture(dump, undefined, unit), backend).map(({ outcome }) => outcome)

test('the size of a 4096-byte-sector disk is in the units of the backend that published it', () => {
  // 8000 * 512 bytes: QEMU's sectors 0 to 999.
  const phy = { 'sector-size': '4096', sectors: '8000' }
  expect(outcomes(oneRead(999n, 0, PHY, phy), 'qemu', 4096)).toEqual(['accept'])
  expect(outcomes(oneRead(1000n, 0, PHY, phy), 'qemu', 4096)).toEqual(['ERROR'])
  expect(outcomes(oneRead(7992n, 7, PHY, phy), 'linux')).toEqual(['accept'])
  // 1000 * 4096 bytes: Linux's sectors 0 to 7999.
  const qdisk = { 'sector-size': '4096', sectors: '1000' }
  expect(outcomes(oneRead(7992n, 7, QDISK, qdisk), 'linux')).toEqual(['accept'])
  expect(outcomes(oneRead(8000n, 7, QDISK, qdisk), 'linux')).toEqual(['ERROR'])
  expect(outcomes(oneRead(999n, 0, QDISK, qdisk), 'qemu', 4096)).toEqual(['accept'])
  expect(outcomes(oneRead(1000n, 0, QDISK, qdisk), 'qemu', 4096)).toEqual(['ERROR'])
})

test("the toolstack's type tells where no path does; of neither, the backend asked for is taken to have counted", () => {
  const at1000 = (type: Record<string, string>) => oneRead(1000n, 0, PROTOCOL, { 'sector-size': '4096', sectors: '8000', ...type })
  expect(outcomes(at1000({ type: 'phy' }), 'qemu', 4096)).toEqual(['ERROR'])
  expect(outcomes(at1000({ type: 'qdisk' }), 'qemu', 4096)).toEqual(['accept'])
  expect(outcomes(at1000({}), 'qemu', 4096)).toEqual(['accept'])
})

test('so do the rules take it', () => {
  const past = (dump: Capture, unit?: 4096) =>
    createChecker()
      .ring(decodeCapture(dump, undefined, unit))
      .flatMap(({ rule, message }) => (/^sector(-past-end|s-wrong)$/.test(rule.id) ? [message] : []))
  expect(past(oneRead(1000n, 0, PHY, { 'sector-size': '4096', sectors: '8000' }), 4096)).toEqual([
    'ends at sector 1001, and the disk has 1000',
  ])
  expect(past(oneRead(7992n, 7, QDISK, { 'sector-size': '4096', sectors: '1001' }))).toEqual([])
  expect(past(oneRead(8008n, 7, QDISK, { 'sector-size': '4096', sectors: '1001' }))).toEqual([
    'ends at sector 8016, and the disk has 8008',
  ])
})

test('without a protocol Linux on x86 reads the ring as x86_32-abi, as it was run, and QEMU in the layout of its host', () => {
  // The record linux-probe-noproto: the slot's bytes at 176, slot 1 of the 64-bit layout, and slot 1 of the other at 172.
  const bytes = new Uint8Array(4096)
  const view = new DataView(bytes.buffer)
  for (const [i, index] of [2, 2, 1, 2].entries()) view.setUint32(4 * i, index, true)
  bytes.set(Buffer.from(`000100ca012233445566778818000000000000005500000000070000${'a5'.repeat(84)}`, 'hex'), 176)
  const dump = { ...oneRead(0n, 0, {}, { sectors: '131072', 'sector-size': '512', type: 'phy' }), bytes }
  const frontend = (protocol: Record<string, string>) => ({
    ...dump,
    xenstore: { ...dump.xenstore!, frontend: new Map(Object.entries({ 'ring-ref': '86', ...protocol })) },
  })
  const decoded = decodeCapture(frontend({}), x86_64)
  // Linux answered 01223344 0022ffff at 176: what ends the id 000100ca01223344 that lies at 176 of the 32-bit slot, operation 0, status -1.
  const [linux] = backendVerdicts(decoded, 'linux')
  expect([linux!.outcome, linux!.slot.request.id.toString(16)]).toEqual(['ERROR', '44332201ca000100'])
  expect(readByBackend(decoded, 'linux').note).toMatch(/^no protocol in XenStore: Linux on x86 reads this ring as x86_32-abi/)
  expect(readByBackend(decoded, 'qemu')).toEqual({ decoded, note: undefined })
  expect(readByBackend(decodeCapture(frontend({ protocol: 'x86_64-abi' })), 'linux').note).toBeUndefined()
  expect(readByBackend(decodeCapture(frontend({ protocol: 'native' }), x86_64), 'linux').note).toMatch(/would not connect/)
})

test('where nothing is known of the frontend, or the layout is the same, nothing is said', () => {
  const [direct] = loadDumps(join(dumps, 'direct'))
  const note = (dump: Capture, abi = x86_64) => readByBackend(decodeCapture(dump, abi), 'linux').note
  expect(note({ ...direct!, xenstore: undefined })).toBeUndefined()
  const frontend = new Map(direct!.xenstore!.frontend)
  frontend.delete('protocol')
  expect(note({ ...direct!, xenstore: { ...direct!.xenstore!, frontend } })).toMatch(/x86_32-abi/)
  frontend.delete('ring-ref')
  expect(note({ ...direct!, xenstore: { ...direct!.xenstore!, frontend } })).toBeUndefined()
})
