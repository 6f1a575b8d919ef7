// What a response leaves of the id of the request beneath it. A backend writes the fields of the response and nothing between
// them; one that copies a whole struct from its stack writes the stack's bytes there (XSA-216, CVE-2017-10911).
import type { Abi } from '../codec/struct/abi.ts'
import { annotate } from '../codec/struct/annotate.ts'
import { fieldOf, layoutOf } from '../codec/struct/layout.ts'
import { perAbi } from '../codec/struct/memo.ts'
import { readScalar } from '../codec/struct/scalar.ts'
import { blkifRequest, blkifResponse } from '../codec/xen/blkif.ts'

interface Survivors {
  /** The bits of an id that survive. */
  readonly mask: bigint
  /** Those bits of the id beneath a response. @param at byte offset of the slot */
  beneath(bytes: Uint8Array, at: number): bigint
  /** Offsets in the slot of the bytes between the fields of a response. */
  readonly offsets: readonly number[]
}

export const survivorsOf = /*#__PURE__*/ perAbi(compute)

function compute(abi: Abi): Survivors {
  const id = fieldOf(layoutOf(blkifRequest, abi), 'id')
  const written = annotate(blkifResponse, abi).filter(({ kind }) => kind === 'field')
  const { size } = layoutOf(blkifResponse, abi)
  const isWritten = (offset: number) => written.some((range) => offset >= range.offset && offset < range.offset + range.size)
  let mask = 0n
  for (let i = 0; i < id.size; i++) if (!isWritten(id.offset + i)) mask |= 0xffn << BigInt(8 * i)
  return {
    mask,
    beneath: (bytes, at) => (readScalar('u64', bytes, at + id.offset) as bigint) & mask,
    offsets: Array.from({ length: size }, (_, i) => i).filter((offset) => !isWritten(offset)),
  }
}
