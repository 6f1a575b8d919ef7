// What `generate --from-ring` says of the way from a ring to what Linux would write.
import type { DriverName } from '../../blkfront/index.ts'
import { bytesText } from '../../print/quantities.ts'
import type { JsonOf } from '../../print/shape.ts'
import type { LinuxRing, RingTerms } from '../../scenario/from-ring/index.ts'
import type { FROM_RING } from './shape.ts'

export interface FromRingReport {
  readonly source: string
  readonly linux: LinuxRing
  /** Whether the other drivers write the same. */
  readonly others: readonly { readonly driver: DriverName; readonly same: boolean }[]
  /** What the driver writes is what the ring has; undefined where that holds of the bytes in the input, and others are not in it. */
  readonly equal: boolean | undefined
  /** Bytes of the ring that are not in the input. */
  readonly missing: number
}

/** What was agreed on, and who says so. */
export function termWords({ page_size, persistent, max_indirect_segments, handle }: RingTerms): string[] {
  return [
    `pages of ${bytesText(BigInt(page_size.value))}: ${page_size.from}`,
    `${persistent.value ? '' : 'no '}persistent grants: ${persistent.from}`,
    `${max_indirect_segments.value || 'no'} indirect segments: ${max_indirect_segments.from}`,
    `handle ${handle.value}: ${handle.from}`,
  ]
}

export function ringReportJson({ source, linux, others, equal }: FromRingReport): JsonOf<typeof FROM_RING> {
  const { terms, requests, leftOut, answered, otherwise } = linux
  return {
    source,
    requests,
    answered,
    ...(equal === undefined ? {} : { equal }),
    leftOut: leftOut.map((each) => ({ ...each })),
    otherwise: otherwise.map(({ slots, ...words }) => ({ slots: [...slots], ...words })),
    terms: Object.entries(terms).map(([name, { value, from }]) => ({ name, value: String(value), from })),
    others: others.map((other) => ({ ...other })),
  }
}
