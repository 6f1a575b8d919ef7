// What a Linux driver writes for a ring's I/O, held against that ring, request by request and byte by byte.
import type { DriverName } from '../../../src/blkfront/index.ts'
import { decodeRing } from '../../../src/codec/ring/decode-ring.ts'
import { slotOffset } from '../../../src/codec/ring/geometry.ts'
import type { IndirectPages } from '../../../src/codec/ring/indirect-pages.ts'
import { slotsByIndex } from '../../../src/codec/ring/ring.ts'
import { abiByName } from '../../../src/codec/struct/abi.ts'
import { type AskedTerms, bytesOf, linuxRing, ringToEmit } from '../../../src/scenario/from-ring/index.ts'
import type { XenstoreNodes } from '../../../src/xenstore/nodes.ts'

export interface HeldAgainst {
  /** Slots that hold requests, and those of which every byte is the same, with their pages. */
  readonly requests: number
  readonly equal: number
  /** Why others are not, as the library says it; numbers are left out. */
  readonly reasons: readonly string[]
  /** Every byte of the ring is the same. */
  readonly whole: boolean
}

export function heldAgainst(input: {
  readonly driver: DriverName
  readonly abi: string
  readonly bytes: Uint8Array
  readonly pages: IndirectPages
  readonly xenstore?: XenstoreNodes | undefined
  readonly asked: AskedTerms
}): HeldAgainst {
  const { bytes, pages: indirectPages, xenstore } = input
  const ring = decodeRing(bytes, abiByName(input.abi)!, { indirectPages })
  const linux = linuxRing(
    ringToEmit(ring, { bytes, indirectPages, xenstore, queue: undefined, mayHaveLargePages: true }),
    input.driver,
    input.asked,
  )
  const want = bytesOf(linux)
  const reasons = [...linux.leftOut.map(({ reason }) => reason), ...linux.otherwise.map(({ linux: words }) => words)]
  let [requests, equal] = [0, 0]
  for (const slot of slotsByIndex(ring)) {
    if (slot.state !== 'request') continue
    requests++
    const at = slotOffset(ring.geometry, slot.slot)
    const grefs = slot.request.kind === 'indirect' ? slot.request.indirect_grefs : []
    if (
      same(bytes.subarray(at, at + ring.geometry.stride), want.ring.subarray(at, at + ring.geometry.stride)) &&
      grefs.every((gref) => same(indirectPages.get(gref), want.pages.get(gref)))
    )
      equal++
    else if (reasons.length === 0) reasons.push(`unexplained: slot ${slot.slot}`)
  }
  return { requests, equal, reasons: reasons.map((text) => text.replaceAll(/\d+/g, 'N')), whole: same(bytes, want.ring) }
}

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && Buffer.compare(a, b) === 0
}
