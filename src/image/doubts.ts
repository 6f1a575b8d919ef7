// What speaks against rings that read well.
import { sameBytes } from '../codec/ring/changed-in-flight.ts'
import { ringGeometry } from '../codec/ring/geometry.ts'
import { isFirstLap } from '../codec/ring/ring-idx.ts'
import { viewOf } from '../codec/struct/scalar.ts'
import type { Doubt, FoundRing } from './found-ring.ts'

const WORD = Uint32Array.BYTES_PER_ELEMENT

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

/** Of Fletcher's kind, over words: rings are as many as an image was made to hold, and are not each held against each. */
function checksum(bytes: Uint8Array): number {
  const view = viewOf(bytes)
  let [sum, sums] = [0, 0]
  for (let at = 0; at < bytes.length; at += WORD) {
    sum = (sum + view.getUint32(at, true)) >>> 0
    sums = (sums + sum) >>> 0
  }
  return sums
}
