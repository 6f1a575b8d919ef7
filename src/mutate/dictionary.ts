// A dictionary for fuzzers that do not know the format: the values that fields of a ring have at their limits, as bytes. AFL++ and
// libFuzzer read the same lines, `name="\x01\x02"`.
import type { Abi } from '../codec/struct/abi.ts'
import { annotate } from '../codec/struct/annotate.ts'
import type { ScalarName } from '../codec/struct/c-types.ts'
import { encode } from '../codec/struct/encode.ts'
import { viewOf } from '../codec/struct/scalar.ts'
import { SCALARS } from '../codec/struct/scalar-coders.ts'
import {
  blkifRequest,
  blkifRequestDiscard,
  blkifRequestIndirect,
  blkifRequestSegment,
  blkifResponse,
  SECTORS_PER_XEN_PAGE,
} from '../codec/xen/blkif.ts'
import { sringHeader } from '../codec/xen/ring.ts'
import { limitsOf } from './limits.ts'
import type { MutableRing } from './source.ts'

/** Tokens of references and ids that are taken of rings. */
const MAX_TAKEN = 256

/** @param rings whose references and ids are tokens too @returns a line a token, no bytes twice */
export function dictionary(abi: Abi, rings: Iterable<MutableRing> = []): string {
  const tokens = new Map<string, string>()
  const add = (name: string, bytes: Uint8Array) => {
    const text = [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
    if (!tokens.has(text)) tokens.set(text, name.replace(/[^\w]+/g, '_').replace(/_$/, ''))
  }
  add('sring_new', encode(sringHeader, abi, { req_prod: 0, req_event: 1, rsp_prod: 0, rsp_event: 1 }))
  add('seg_whole_page', encode(blkifRequestSegment, abi, { gref: 8, first_sect: 0, last_sect: SECTORS_PER_XEN_PAGE - 1 }))
  for (const struct of [blkifRequest, blkifRequestDiscard, blkifRequestIndirect, blkifResponse, sringHeader])
    for (const { path, scalar } of annotate(struct, abi)) {
      const name = path.slice(path.lastIndexOf('.') + 1).replace(/\[\d+\]$/, '')
      if (scalar) for (const value of limitsOf(name, scalar)) add(`${name}_${value}`, bytesOf(scalar, value))
    }
  let taken = 0
  for (const { fields, capture } of rings)
    for (const name of ['gref', 'indirect_grefs', 'id'])
      for (const { at, scalar, page } of fields.get(name) ?? []) {
        if (page !== undefined || taken++ >= MAX_TAKEN) continue
        const value = SCALARS[scalar].read(viewOf(capture.bytes), at)
        add(`${name}_${value}`, bytesOf(scalar, value))
      }
  return [...tokens].map(([text, name]) => `${name}="${text}"\n`).join('')
}

function bytesOf(scalar: ScalarName, value: number | bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  SCALARS[scalar].write(viewOf(bytes), 0, value)
  return bytes.subarray(0, WIDTHS[scalar])
}

const WIDTHS: Readonly<Record<ScalarName, number>> = { u8: 1, u16: 2, s16: 2, u32: 4, u64: 8 }
