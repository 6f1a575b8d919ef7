// What speaks against rings that read well.

import { ringGeometry } from '../codec/ring/geometry.ts'
import { isFirstLap } from '../codec/ring/ring-idx.ts'
import type { Doubt, FoundRing } from './found-ring.ts'

/** @param hasTables a grant table is at hand @param hasNames XenStore says which rings there are */
export function withDoubts(rings: readonly FoundRing[], hasTables: boolean, hasNames: boolean): FoundRing[] {
  const originals = new Map<number, number>()
  return rings.map((ring, n) => {
    const { table, named, numbers, score } = ring
    const doubts: Doubt[] = []
    if (hasTables && !table && numbers) doubts.push({ kind: 'ungranted' })
    if (hasNames && !named) doubts.push({ kind: 'unnamed' })
    const key = checksum(ring.bytes)
    const original = originals.get(key)
    if (original === undefined) originals.set(key, n)
    else if (score.used > 0 && sameBytes(rings[original]!.bytes, ring.bytes)) doubts.push({ kind: 'copy', of: original })
    if (!named && mayBeLonger(ring)) doubts.push({ kind: 'maybe-longer' })
    return { ...ring, doubts }
  })
}

function mayBeLonger({ score: { abi, pages, sring } }: FoundRing): boolean {
  return isFirstLap(sring, ringGeometry(abi, pages).nr_ents)
}

/** Of Fletcher's kind: rings are as many as an image was made to hold, and are not each held against each. */
function checksum(bytes: Uint8Array): number {
  let [sum, sums] = [0, 0]
  for (const byte of bytes) {
    sum = (sum + byte) & 0xffff
    sums = (sums + sum) & 0xffff
  }
  return sums * 2 ** 16 + sum
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}
