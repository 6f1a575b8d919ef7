// What each byte of a slot is called, by the state of the slot.
import { expect, test } from 'vitest'
import { decodeCapture } from '../../../src/capture/decode-capture.ts'
import { annotateIndirectPage, annotateSlot, type RingRange } from '../../../src/codec/ring/annotate-ring.ts'
import { decodeRing } from '../../../src/codec/ring/decode-ring.ts'
import { type Abi, x86_32, x86_64 } from '../../../src/codec/struct/abi.ts'
import { readScalar } from '../../../src/codec/struct/scalar.ts'
import { loadDumps } from '../../../src/node/read/load.ts'

const ringOf = (folder: string) => {
  const [dump] = [...loadDumps(folder)]
  return { bytes: dump!.bytes, ring: decodeCapture(dump!).ring }
}

/** `offset+size kind path`, runs of one kind below one path drawn together. */
function lines(ranges: readonly RingRange[], at: number): string[] {
  return ranges.map((r) => `${r.offset - at}+${r.size} ${r.kind} ${r.path}`)
}

function slotLines(folder: string, slot: number, at: number): string[] {
  const { ring } = ringOf(folder)
  return lines(annotateSlot(ring.geometry, ring.slots[slot]!), at)
}

test('a direct request: segments in use, those that are stale, padding', () => {
  const named = slotLines('dumps/direct', 17, 64 + 17 * 112)
  expect(named.slice(0, 12)).toMatchInlineSnapshot(`
    [
      "0+1 field ring[17].req.operation",
      "1+1 field ring[17].req.nr_segments",
      "2+2 field ring[17].req.handle",
      "4+4 padding ring[17].req",
      "8+8 field ring[17].req.id",
      "16+8 field ring[17].req.sector_number",
      "24+4 field ring[17].req.seg[0].gref",
      "28+1 field ring[17].req.seg[0].first_sect",
      "29+1 field ring[17].req.seg[0].last_sect",
      "30+2 padding ring[17].req.seg[0]",
      "32+4 stale ring[17].req.seg[1].gref",
      "36+1 stale ring[17].req.seg[1].first_sect",
    ]
  `)
  expect(named.at(-1)).toMatchInlineSnapshot(`"110+2 stale ring[17].req.seg[10]"`)
})

test('an indirect request: references in use, and the rest of the slot', () => {
  const { ring } = ringOf('dumps/indirect')
  const slot = ring.slots.find((s) => s.state === 'request' && s.request.kind === 'indirect')!
  const named = lines(annotateSlot(ring.geometry, slot), 64 + slot.slot * 112)
  expect(named).toMatchInlineSnapshot(`
    [
      "0+1 field ring[9].req.operation",
      "1+1 field ring[9].req.indirect_op",
      "2+2 field ring[9].req.nr_segments",
      "4+4 padding ring[9].req",
      "8+8 field ring[9].req.id",
      "16+8 field ring[9].req.sector_number",
      "24+2 field ring[9].req.handle",
      "26+2 reserved ring[9].req._pad2",
      "28+4 field ring[9].req.indirect_grefs[0]",
      "32+4 stale ring[9].req.indirect_grefs[1]",
      "36+4 stale ring[9].req.indirect_grefs[2]",
      "40+4 stale ring[9].req.indirect_grefs[3]",
      "44+4 stale ring[9].req.indirect_grefs[4]",
      "48+4 stale ring[9].req.indirect_grefs[5]",
      "52+4 stale ring[9].req.indirect_grefs[6]",
      "56+4 stale ring[9].req.indirect_grefs[7]",
      "60+4 padding ring[9].req",
      "64+48 stale ring[9]",
    ]
  `)
})

test('a response, and what survives beneath it: x86_32 has it 4 bytes earlier', () => {
  const named = slotLines('dumps/x86_32', 0, 64)
  expect(named.slice(0, 8)).toMatchInlineSnapshot(`
    [
      "0+8 field ring[0].rsp.id",
      "8+1 field ring[0].rsp.operation",
      "9+1 padding ring[0].rsp",
      "10+2 field ring[0].rsp.status",
      "12+8 beneath ring[0].beneath.sector_number",
      "20+4 beneath ring[0].beneath.seg[0].gref",
      "24+1 beneath ring[0].beneath.seg[0].first_sect",
      "25+1 beneath ring[0].beneath.seg[0].last_sect",
    ]
  `)
})

test('a slot that was not used yet is one range', () => {
  expect(slotLines('dumps/idle', 31, 64 + 31 * 112)).toEqual(['0+112 stale ring[31]'])
})

test('an indirect page: what lies behind the segments in use is stale', () => {
  const named = lines(annotateIndirectPage(x86_64, 2, 'ring[3].req.indirect_grefs[0]'), 0)
  expect(named.slice(4, 12)).toEqual([
    '8+4 field ring[3].req.indirect_grefs[0].seg[1].gref',
    '12+1 field ring[3].req.indirect_grefs[0].seg[1].first_sect',
    '13+1 field ring[3].req.indirect_grefs[0].seg[1].last_sect',
    '14+2 padding ring[3].req.indirect_grefs[0].seg[1]',
    '16+4 stale ring[3].req.indirect_grefs[0].seg[2].gref',
    '20+1 stale ring[3].req.indirect_grefs[0].seg[2].first_sect',
    '21+1 stale ring[3].req.indirect_grefs[0].seg[2].last_sect',
    '22+2 stale ring[3].req.indirect_grefs[0].seg[2]',
  ])
})

test.each([['dumps/direct', x86_64] as const, ['dumps/x86_32', x86_32] as const])(
  'what a field is read as gives the decoded value: %s',
  (folder, abi: Abi) => {
    const { bytes } = ringOf(folder)
    const ring = decodeRing(bytes, abi)
    for (const slot of ring.slots) {
      if (slot.state !== 'request') continue
      const value = (name: string) => {
        const range = annotateSlot(ring.geometry, slot).find((r) => r.path === `ring[${slot.slot}].req.${name}`)!
        return readScalar(range.scalar!, bytes, range.offset)
      }
      const { id, sector_number, handle, operation } = slot.request
      expect([value('id'), value('sector_number'), value('handle'), value('operation')]).toEqual([
        id,
        sector_number,
        handle,
        operation,
      ])
    }
  },
)
