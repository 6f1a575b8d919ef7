// Double fetch: what changes in requests that are published and unanswered is found, and nothing else.
import { expect, test } from 'vitest'
import { type ChangedRange, changedInFlight, type RingMoment } from '../../../src/codec/ring/changed-in-flight.ts'
import { decodeRing } from '../../../src/codec/ring/decode-ring.ts'
import { x86_64 } from '../../../src/codec/struct/abi.ts'
import { loadDumps } from '../../../src/node/read/load.ts'
import { allCaptures } from '../../support/captures.ts'

function moment(
  folder: string,
  edit: (bytes: Uint8Array, view: DataView) => void = () => {},
  pageEdit?: [number, number],
): RingMoment {
  const [dump] = [...loadDumps(folder)]
  const bytes = dump!.bytes.slice()
  edit(bytes, new DataView(bytes.buffer))
  const indirectPages = {
    get(gref: number) {
      const page = dump!.indirectPages.get(gref)?.slice()
      if (page && pageEdit) page[pageEdit[0]] = pageEdit[1]
      return page
    },
  }
  return { bytes, indirectPages, ring: decodeRing(bytes, x86_64, { indirectPages }) }
}

const summary = (changes: ChangedRange[]) => changes.map((c) => `${c.path} at ${c.offset}: ${c.kind}${c.newer ? ', newer' : ''}`)

/** Slot 14 of dumps/direct is in flight. */
const AT = 64 + 14 * 112

test('a changed reference, a changed padding byte and a changed stale byte are each named', () => {
  const after = moment('dumps/direct', (bytes) => {
    bytes[AT + 24]! ^= 1
    bytes[AT + 4]! ^= 1
    bytes[AT + 111]! ^= 1
  })
  expect(summary(changedInFlight(moment('dumps/direct'), after))).toEqual([
    `ring[14].req at ${AT + 4}: padding`,
    `ring[14].req.seg[0].gref at ${AT + 24}: field`,
    `ring[14].req.seg[10] at ${AT + 110}: stale`,
  ])
})

test('a response is no changed request, published or not', () => {
  const answer = (bytes: Uint8Array, view: DataView) => {
    view.setBigUint64(AT, 3n, true)
    bytes[AT + 8] = 0
    view.setInt16(AT + 10, 0, true)
  }
  const before = moment('dumps/direct')
  const written = changedInFlight(before, moment('dumps/direct', answer))
  expect(written.length).toBeGreaterThan(0)
  expect(written.every((change) => change.newer)).toBe(true)
  const answered = moment('dumps/direct', (bytes, view) => {
    view.setUint32(8, before.ring.sring.req_prod, true)
    answer(bytes, view)
  })
  expect(changedInFlight(before, answered)).toEqual([])
})

test('a segment of an indirect page', () => {
  const before = moment('dumps/indirect')
  const after = moment('dumps/indirect', undefined, [8 * 2 + 5, 1])
  const changes = changedInFlight(before, after)
  expect(changes.length).toBeGreaterThan(10)
  for (const { path, slot, page, before, after } of changes) {
    expect(path).toBe(`ring[${slot}].req.indirect_grefs[0].seg[2].last_sect`)
    expect(page).toBeGreaterThan(0)
    expect([...before, ...after]).toEqual([7, 1])
  }
})

allCaptures('captured series: nothing changes in flight but slots that are being answered', (captures) => {
  let moments = 0
  for (const { path } of captures.filter(({ path }) => /series/.test(path))) {
    let before: RingMoment | undefined
    for (const { bytes, indirectPages } of loadDumps(path)) {
      const now = { bytes, indirectPages, ring: decodeRing(bytes, x86_64, { indirectPages }) }
      if (before) expect(changedInFlight(before, now).filter((change) => !change.newer)).toEqual([])
      before = now
      moments++
    }
  }
  expect(moments).toBeGreaterThanOrEqual(40)
})
