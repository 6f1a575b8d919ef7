// What backends do with malformed requests: the rows of protocol.md's table (dumps/hostile has a request for each) by slot.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { BACKENDS, backendVerdicts } from '../../src/check/index.ts'
import { slotOffset } from '../../src/codec/ring/geometry.ts'
import { GrantTable } from '../../src/image/index.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { dumps } from './run-check.ts'

/** Of each request the outcomes in the order linux, qemu, tapdisk; `*` behind one that is a reading. */
function outcomes(name: string): Record<number, string> {
  const [dump] = loadDumps(join(dumps, name))
  const decoded = decodeCapture(dump!)
  const columns = BACKENDS.map((backend) => backendVerdicts(decoded, backend))
  return Object.fromEntries(
    columns[0]!.map(({ slot }, i) => [
      slot.slot,
      columns.map((verdicts) => `${verdicts[i]!.outcome}${verdicts[i]!.reading ? '*' : ''}`).join(' '),
    ]),
  )
}

test('malformed requests', () => {
  expect(outcomes('hostile/malformed')).toEqual({
    0: 'EOPNOTSUPP ERROR EOPNOTSUPP', // operation 77
    1: 'EOPNOTSUPP ERROR EOPNOTSUPP', // operation 4
    2: 'ERROR ERROR accept*', // nr_segments 12
    3: 'ERROR accept ERROR', // nr_segments 0
    4: 'ERROR ERROR ERROR', // first_sect > last_sect
    5: 'ERROR ERROR EOPNOTSUPP', // indirect_op 5
    6: 'accept accept accept', // handle
    7: 'accept accept EOPNOTSUPP', // discard
    8: 'ERROR accept EOPNOTSUPP', // of no sectors
    9: 'accept accept accept', // id
    10: 'accept accept accept', // gref 0, the console's ring
    11: 'accept accept accept',
    12: 'accept accept accept',
    13: 'accept ERROR accept', // barrier
    14: 'accept accept accept', // 512 bytes
  })
})

test('well-formed requests', () => {
  expect(outcomes('hostile/malformed-clean')).toMatchObject({
    2: 'accept accept accept', // 11 segments
    5: 'accept ERROR EOPNOTSUPP', // indirect
    13: 'accept accept EOPNOTSUPP', // flush
  })
})

test('a disk that is read-only and has 4096-byte sectors', () => {
  expect(outcomes('hostile/disk')).toEqual({
    0: 'ERROR ERROR unknown', // past the end
    1: 'ERROR ERROR unknown', // wraps
    2: 'ERROR ERROR accept', // sector 4; QEMU counts in the disk's own, and last_sect 7 crosses the page
    3: 'ERROR ERROR accept', // a segment of 4 sectors
    4: 'ERROR ERROR unknown', // a write
    5: 'ERROR accept EOPNOTSUPP', // a discard
    6: 'ERROR accept EOPNOTSUPP', // an empty flush
  })
})

test('impossible indices', () => {
  expect(new Set(Object.values(outcomes('hostile/indices-impossible')))).toEqual(
    new Set(['halt accept accept', 'halt accept ERROR']),
  )
})

test('requests of real guests: Linux takes all that it answered', () => {
  expect(new Set(Object.values(outcomes('direct')))).toEqual(new Set(['accept accept accept']))
  expect(new Set(Object.values(outcomes('indirect')))).toContain('accept ERROR EOPNOTSUPP')
  // Such segments got status -1 from this backend.
  expect(Object.values(outcomes('4k-sectors'))).toContain('ERROR ERROR accept')
})

test('tapdisk does not look at req_prod, and goes on to its other looks', () => {
  const [dump] = loadDumps(join(dumps, 'hostile/indices-impossible'))
  const decoded = decodeCapture(dump!)
  const bytes = Uint8Array.from(dump!.bytes)
  bytes[slotOffset(decoded.ring.geometry, 5)] = 77
  const bySlot = (backend: 'qemu' | 'tapdisk') =>
    new Map(
      backendVerdicts(decodeCapture({ ...dump!, bytes }), backend).map(({ slot, outcome, test }) => [
        slot.slot,
        `${outcome}: ${test}`,
      ]),
    )
  expect(bySlot('tapdisk').get(5)).toMatch(/^EOPNOTSUPP: operation is none it knows; req_prod is impossible/)
  expect(bySlot('qemu').get(5)).toMatch(/^ERROR: operation is none it knows; req_prod is impossible: every slot is served/)
  expect(bySlot('tapdisk').size).toBe(decoded.ring.geometry.nr_ents)
})

test('a grant table that gives a page to another domain, or for reading only, decides', () => {
  const [dump] = loadDumps(join(dumps, 'direct'))
  const judge = (grant: { flags: number; domid: number } | undefined) =>
    backendVerdicts(decodeCapture({ ...dump!, grants: () => ({ get: () => grant }) as unknown as GrantTable }), 'linux')
  const reads = (verdicts: ReturnType<typeof judge>) => verdicts.filter(({ slot }) => slot.request.op === 'read')
  expect(judge({ flags: 1, domid: 0 }).every(({ outcome, condition }) => outcome === 'accept' && condition?.met)).toBe(true)
  expect(judge({ flags: 1, domid: 3 }).every(({ outcome }) => outcome === 'ERROR')).toBe(true)
  expect(judge(undefined).every(({ test }) => /does not map/.test(test))).toBe(true)
  expect(reads(judge({ flags: 5, domid: 0 })).every(({ outcome }) => outcome === 'ERROR')).toBe(true)
})

test('a grant table that is cut off decides up to where it ends; a whole one knows every reference', () => {
  const [dump] = loadDumps(join(dumps, 'direct'))
  // Entries of version 1 that give domain 0 access, as many as there are bytes for.
  const table = (bytes: number) =>
    new GrantTable(
      new Uint8Array(bytes).map((_, i) => (i % 8 === 0 ? 1 : 0)),
      1,
    )
  const judged = (bytes: number) => backendVerdicts(decodeCapture({ ...dump!, grants: () => table(bytes) }), 'linux')
  const cut = 8 * 40
  for (const { outcome, condition } of judged(cut)) {
    expect(outcome).toBe('accept')
    expect(condition!.met).toBe(condition!.maps.every((gref) => gref < 40) ? true : undefined)
  }
  expect(new Set(judged(cut).map(({ condition }) => condition?.met))).toEqual(new Set([true, undefined]))
  expect(judged(4096).every(({ condition }) => condition?.met)).toBe(true)
})

test('QEMU maps no page for longer than a request: feature-persistent of the frontend asks no more of a write', () => {
  const [dump] = loadDumps(join(dumps, 'qdisk-storage-frozen'))
  expect(dump!.xenstore!.frontend.get('feature-persistent')).toBe('1')
  const [backend, frontend] = [new Map(dump!.xenstore!.backend), new Map(dump!.xenstore!.frontend)]
  const [write] = loadDumps(join(dumps, 'direct'))
  const judge = (name: 'linux' | 'qemu', both?: '1') => {
    const xenstore = {
      ...dump!.xenstore!,
      frontend,
      backend: new Map([...backend, ...(both ? [['feature-persistent', both] as const] : [])]),
    }
    const grants = () => ({ get: () => ({ flags: 5, domid: 0 }) }) as unknown as GrantTable
    const verdicts = backendVerdicts(decodeCapture({ ...write!, xenstore, grants }), name)
    return new Set(verdicts.filter(({ slot }) => slot.request.op === 'write').map(({ outcome }) => outcome))
  }
  expect([judge('qemu'), judge('linux'), judge('qemu', '1'), judge('linux', '1')]).toEqual(
    ['accept', 'accept', 'accept', 'ERROR'].map((outcome) => new Set([outcome])),
  )
})
