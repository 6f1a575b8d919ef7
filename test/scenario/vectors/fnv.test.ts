import { expect, test } from 'vitest'
import { Fnv } from '../../../scripts/replay/fnv.ts'

/** As FNV-1a is defined. */
function slowly(bytes: Uint8Array): string {
  let hash = 0xcbf29ce484222325n
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return hash.toString(16).padStart(16, '0')
}

test.each(['', 'a', 'foobar'])('digest of %j', (text) => {
  const bytes = new TextEncoder().encode(text)
  const fnv = new Fnv()
  fnv.add(bytes)
  expect(fnv.digest()).toBe(slowly(bytes))
})

test('bytes added in parts, every value in every place', () => {
  const bytes = Uint8Array.from({ length: 4096 }, (_, i) => (i * 167) ^ (i >> 8))
  const fnv = new Fnv()
  fnv.add(bytes.subarray(0, 1000))
  fnv.add(bytes.subarray(1000))
  expect(fnv.digest()).toBe(slowly(bytes))
})
