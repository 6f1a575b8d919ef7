// `streamRings` asks the kinds of inputs only about what does not begin as a ring: that must be none of theirs.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodingOf } from '../../src/capture/encoding.ts'
import { beginsRing } from '../../src/codec/recognise/header.ts'
import { QUICK_KINDS } from '../../src/inputs/kinds/index.ts'
import { RAW_PAGES } from '../../src/inputs/kinds/raw-pages.ts'
import { packingOf } from '../../src/inputs/packing.ts'

const PAGE = 4096
const MAGICS = [
  '\x7fELF\x02\x01',
  'EMiL',
  'LibxlFmt',
  'Xen saved domain, xl format\n \0 \r',
  '\xff\xff\xff\xff\xff\xff\xff\xffXENF',
]
const MORE = ['KDUMP   ', 'makedumpfile', '\x1f\x8b\x08', '\x28\xb5\x2f\xfd', '<?xml', '{"a": 1}']
const index = fc.oneof(fc.nat(40), fc.constantFrom(0xffff_fff0, 0xffff_ffff), fc.nat(0xffff_ffff))

/** Pages that begin as rings do, and as other things do, and as both. */
const page = fc
  .record({
    at: index,
    behind: fc.tuple(fc.constant(0), fc.nat(3), fc.nat(3)),
    magic: fc.constantFrom(undefined, ...MAGICS, ...MORE),
    keep: fc.constantFrom(0, 0, 2, 4, 8, 32),
    rest: fc.uint8Array({ minLength: PAGE - 64, maxLength: PAGE - 64 }),
  })
  .map(({ at, behind, magic, keep, rest }) => {
    const bytes = new Uint8Array(PAGE)
    const view = new DataView(bytes.buffer)
    for (const [i, back] of [0, ...behind].entries()) view.setUint32(4 * i, at - back, true)
    bytes.set(rest, 64)
    if (magic !== undefined) bytes.set(Buffer.from(magic, 'latin1').subarray(0, keep))
    return bytes
  })

test('what begins as a ring is no packing, no text and no memory image', () => {
  let rings = 0
  fc.assert(
    fc.property(page, (head) => {
      if (!beginsRing(head)) return
      rings++
      const look = { path: 'x', isFolder: false, head, encoding: encodingOf(head) }
      expect(packingOf(head, {})).toBeUndefined()
      expect(QUICK_KINDS.find((kind) => kind.looks(look, {}))).toBe(RAW_PAGES)
    }),
    { numRuns: 500 },
  )
  expect(rings).toBeGreaterThan(100)
})
