// The values of a field that code is wrong about: its limits, as C has them and as the protocol has them.
import type { ScalarName } from '../codec/struct/c-types.ts'
import { SCALARS } from '../codec/struct/scalar-coders.ts'
import {
  BLKIF_DISCARD_SECURE,
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  BLKIF_OP_INDIRECT,
  BLKIF_OP_WRITE,
  BLKIF_RSP_EOPNOTSUPP,
  MAX_INDIRECT_SEGMENTS,
  SECTORS_PER_XEN_PAGE,
  SEGS_PER_INDIRECT_PAGE,
} from '../codec/xen/blkif.ts'

/** The last values of fields that the protocol allows; one more is a value that it does not. */
const LAST: Readonly<Record<string, readonly number[]>> = {
  operation: [BLKIF_OP_INDIRECT],
  indirect_op: [BLKIF_OP_WRITE],
  nr_segments: [BLKIF_MAX_SEGMENTS_PER_REQUEST, SEGS_PER_INDIRECT_PAGE, MAX_INDIRECT_SEGMENTS],
  flag: [BLKIF_DISCARD_SECURE],
  first_sect: [SECTORS_PER_XEN_PAGE - 1],
  last_sect: [SECTORS_PER_XEN_PAGE - 1],
  status: [BLKIF_RSP_EOPNOTSUPP - 1],
}

/** Sectors whose first or last byte no longer fits 64 bits. */
const SECTORS = [2n ** 55n - 1n, 2n ** 55n]

const made = new Map<string, readonly (number | bigint)[]>()

/**
 * 0, 1, the largest value and those around the sign of the field's type, and around the last that the protocol allows. The value before
 * and behind the one that is there come with `near`.
 */
export function limitsOf(name: string, scalar: ScalarName): readonly (number | bigint)[] {
  const key = `${name} ${scalar}`
  let values = made.get(key)
  if (!values) {
    values = makeLimits(name, scalar)
    made.set(key, values)
  }
  return values
}

function makeLimits(name: string, scalar: ScalarName): readonly (number | bigint)[] {
  const { min, max } = SCALARS[scalar]
  const sign = (BigInt(max) - BigInt(min) + 1n) / 2n
  const last = (LAST[name] ?? []).flatMap((value) => [value, value + 1])
  const sectors = name.endsWith('sector_number') || name === 'nr_sectors' ? SECTORS : []
  const all = [
    0n,
    1n,
    BigInt(min),
    BigInt(max),
    BigInt(max) - 1n,
    sign - 1n,
    min === 0 || min === 0n ? sign : -sign,
    ...last,
    ...sectors,
  ]
  const fitting = [...new Set(all.map(BigInt))].filter((value) => value >= BigInt(min) && value <= BigInt(max))
  return scalar === 'u64' ? fitting : fitting.map(Number)
}
