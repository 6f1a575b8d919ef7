// One loop over many rings says of each what is said of it alone: its layout, its slots, its findings.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GuessingReader } from '../../../src/codec/batch/guessing-reader.ts'
import { slotOfRow } from '../../../src/codec/batch/row.ts'
import { guessAbi } from '../../../src/codec/recognise/score.ts'
import { decodeRing } from '../../../src/codec/ring/decode-ring.ts'
import { arm } from '../../../src/codec/struct/abi.ts'
import { XEN_PAGE_SIZE } from '../../../src/codec/xen/ring.ts'
import { loadDumps } from '../../../src/node/read/load.ts'
import { allCaptures, captures } from '../../support/captures.ts'
import { expectSame } from '../../support/expect-same.ts'
import { rings } from '../../support/rings.ts'

function check(all: readonly Uint8Array[]): Set<string> {
  const [reader, forced] = [undefined, arm].map((abi) => new GuessingReader(abi, XEN_PAGE_SIZE, all.length))
  const bytes = Uint8Array.from(Buffer.concat(all))
  const chosen = new Set<string>()
  reader!.read(bytes, (batch, ring, findings) => {
    const { abi } = guessAbi(all[ring]!)
    chosen.add(abi.name)
    expect(batch.geometry.abi).toBe(abi)
    const alone = decodeRing(all[ring]!, abi)
    expect(findings).toBe(alone.findings.length)
    const [first, end] = [batch.rowsAt[ring]!, batch.rowsAt[ring + 1]!]
    expectSame(
      Array.from({ length: end - first }, (_, i) => slotOfRow(batch, first + i)),
      alone.slots.filter(({ state }) => state !== 'unused'),
    )
  })
  const counts: number[] = []
  forced!.read(bytes, (_batch, _ring, findings) => counts.push(findings))
  expect(counts).toEqual(all.map((ring) => decodeRing(ring, arm).findings.length))
  return chosen
}

allCaptures('captures of one page, laid end to end', (some) => {
  const pages = some
    .flatMap(({ path }) => Array.from(loadDumps(path), ({ bytes }) => bytes))
    .filter((b) => b.length === XEN_PAGE_SIZE)
  // Without XenStore no ring is known to have requests of several slots.
  expect(check(pages)).toEqual(new Set(['x86_64', 'x86_32']))
})

test('captures among rings of chance', () => {
  const captured = captures.flatMap(({ path }) => Array.from(loadDumps(path), ({ bytes }) => bytes))
  const page = fc.constantFrom(...captured.filter((bytes) => bytes.length === XEN_PAGE_SIZE))
  fc.assert(
    fc.property(fc.array(fc.oneof(page, rings(1)), { minLength: 1, maxLength: 6 }), (all) => void check(all)),
    { numRuns: 100 },
  )
})
