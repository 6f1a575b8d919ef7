import { expect, test } from 'vitest'
import { idText, isAddressLike, shortId, xTagOf } from '../../../src/codec/ring/id-text.ts'

test.each([
  [0n, '0', '0', false],
  [0xf_ffffn, '1048575', '1048575', false],
  [0x10_0000n, '1048576 (0x100000)', '0x100000', true],
  [0x7e10_0101n, '2114978049 (0x7e100101)', '0x7e100101', false],
  [0xffff_8800_02a4_c000n, '18446612132358569984 (0xffff880002a4c000)', '0xffff880002a4c000', true],
  [0x6761_5458_0000_0003n, '7449327995581366275 (0x6761545800000003, XTag 3)', '0x6761545800000003', false],
  [0x6761_5458_0000_0004n, '7449327995581366276 (0x6761545800000004, XTag 4)', '0x6761545800000004', false],
  [2n ** 64n - 1n, '18446744073709551615 (0xffffffffffffffff)', '0xffffffffffffffff', false],
])('%d', (id, inSentence, inColumn, address) => {
  expect(idText(id)).toBe(inSentence)
  expect(shortId(id)).toBe(inColumn)
  expect(isAddressLike(id)).toBe(address)
})

test('letters of a tag', () => {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, 0x6761_5458_0000_0003n, true)
  expect(String.fromCharCode(...bytes.subarray(4))).toBe('XTag')
  expect([xTagOf(0x6761_5458_ffff_ffffn), xTagOf(0x6761_5457_0000_0000n), xTagOf(3n)]).toEqual([0xffff_ffff, undefined, undefined])
})
