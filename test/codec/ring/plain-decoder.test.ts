// The decoders of src against one that shares nothing with them.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeRing } from '../../../src/codec/ring/ring.ts'
import { ABIS, arm, x86_32, x86_64 } from '../../../src/codec/struct/abi.ts'
import { loadDumps } from '../../../src/dump/folder.ts'
import { csvLine } from '../../../src/render/csv.ts'
import { slotJson } from '../../../src/render/ring-json.ts'
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
          expect(csvMismatch(csvLine(own, 7, undefined).trimEnd(), slot, 7, undefined)).toBeUndefined()
        }
      }),
      { numRuns: 400 },
    )
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
