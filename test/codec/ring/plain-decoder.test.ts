// The decoders of src against one that shares nothing with them.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeRing } from '../../../src/codec/ring/decode-ring.ts'
import { ABIS, arm, x86_32, x86_64 } from '../../../src/codec/struct/abi.ts'
import { loadDumps } from '../../../src/node/read/load.ts'
import { csvOf } from '../../../src/rows/csv.ts'
import { slotJson } from '../../../src/rows/ring-json.ts'
import { csvMismatch, slotsMismatch, used } from '../../support/against-plain.ts'
import { allCaptures } from '../../support/captures.ts'
import { heldAgainstPlain } from '../../support/held-against-plain.ts'
import { plainRing } from '../../support/plain-decoder.ts'
import { rings } from '../../support/rings.ts'

const span = fc.tuple(fc.nat(8192), fc.nat(600)).map(([from, length]) => ({ from, to: from + length }))

describe('the plain decoder', () => {
  allCaptures('says of every slot what decodeRing says', (captures) => {
    const held = heldAgainstPlain(captures.flatMap(({ path }) => [...loadDumps(path)]))
    expect(held.differences).toEqual([])
    expect(held.slots).toBeGreaterThan(1000)
  })

  test.each([
    [x86_64, 1, 'x86_64'],
    [arm, 1, 'x86_64'],
    [x86_32, 1, 'x86_32'],
    [x86_64, 2, 'x86_64'],
    [x86_32, 2, 'x86_32'],
  ] as const)('of rings of chance: %o, %i pages', (abi, pages, layout) => {
    const page = fc.uint8Array({ minLength: 4090, maxLength: 4096 })
    fc.assert(
      fc.property(rings(pages), fc.option(span), page, (bytes, gap, indirect) => {
        const missing = gap && gap.from < gap.to ? [gap] : []
        const get = (gref: number) => (gref % 3 === 0 ? undefined : indirect)
        const ring = decodeRing(bytes, abi, { missing, indirectPages: { get } })
        const plain = plainRing(bytes, layout, { missing, pages: { get } })
        expect(slotsMismatch(ring.slots.map(slotJson), plain.slots)).toBeUndefined()
        expect(ring.outstanding).toBe(plain.outstanding ?? 0)
        for (const slot of used(plain)) {
          const own = ring.slots[slot.slot]!
          if (own.state === 'unused' || own.state === 'continuation') throw new Error(`slot ${slot.slot} is ${own.state}`)
          expect(csvMismatch(csvOf(false).line(own, { snapshot: 7 }).trimEnd(), slot, 7, undefined)).toBeUndefined()
        }
      }),
      { numRuns: 400 },
    )
  })

  test('reads a page of too many requests as often as decodeRing does', () => {
    for (const [pages, req_prod] of [
      [1, 40],
      [2, 3],
      [4, 2 ** 32 - 7],
    ] as const) {
      const bytes = new Uint8Array(4096 * pages)
      const view = new DataView(bytes.buffer)
      view.setUint32(0, req_prod, true)
      view.setUint32(8, req_prod - 20, true)
      for (let at = 64; at + 112 <= bytes.length; at += 112) {
        view.setUint8(at, 6)
        view.setUint16(at + 2, 4000 - ((at / 16) % 300), true)
        for (let k = 0; k < 8; k++) view.setUint32(at + 28 + 4 * k, 1 + (k % 3), true)
      }
      const get = (gref: number) => (gref === 2 ? undefined : new Uint8Array(4096))
      for (const indirectPages of [{ get: () => new Uint8Array(4096) }, { get }, { get, isCommon: () => true }]) {
        const slots = decodeRing(bytes, x86_64, { indirectPages }).slots.map(slotJson)
        expect(slotsMismatch(slots, plainRing(bytes, 'x86_64', { pages: indirectPages }).slots)).toBeUndefined()
      }
    }
  })

  test('notices a value, a state and a slot that are wrong', () => {
    const [dump] = loadDumps('dumps/direct')
    const plain = plainRing(dump!.bytes, 'x86_64')
    const printed = decodeRing(dump!.bytes, ABIS[0]!).slots.map(slotJson)
    expect(slotsMismatch(printed, plain.slots)).toBeUndefined()
    expect(slotsMismatch(printed.slice(1), plain.slots)).toMatch(/^slot 0.slot: printed 1, is 0/)
    expect(slotsMismatch(printed.slice(0, 31), plain.slots)).toBe('slot 31: not printed')
    const request = printed.findIndex(({ state }) => state === 'request')
    for (const change of [{ nr_sectors: 1000 }, { id: '77' }, { segments: [] }, { flag: 1 }]) {
      const other = printed.map((slot, i) =>
        i === request ? { ...slot, request: { ...(slot['request'] as object), ...change } } : slot,
      )
      expect(slotsMismatch(other, plain.slots)).toContain(`slot ${request}.request.${Object.keys(change)[0]}`)
    }
  })
})
