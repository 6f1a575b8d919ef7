// The address of what is looked at: `#ring=2&slot=17&at=0x7ca`, so that a link points at a byte.
import { hexNumber } from '../../print/text.ts'

/** What a link points at. All but the ring may be left out. */
export interface ReportPlace {
  /** Counted from 1, as readers see it. */
  readonly ring: number
  readonly moment?: number | undefined
  readonly slot?: number | undefined
  /** The indirect page of this reference. */
  readonly page?: number | undefined
  /** Byte of the ring, or of the indirect page. */
  readonly at?: number | undefined
}

const KEYS = ['ring', 'moment', 'slot', 'page', 'at'] as const

export function placeHash(place: ReportPlace): string {
  const parts = KEYS.flatMap((key) => {
    const value = place[key]
    return value === undefined ? [] : [`${key}=${key === 'at' ? hexNumber(value) : value}`]
  })
  return `#${parts.join('&')}`
}

/** What an address points at; undefined where it names no ring. Numbers are decimal, or hex with 0x. */
export function placeOf(hash: string): ReportPlace | undefined {
  const found: Partial<Record<(typeof KEYS)[number], number>> = {}
  for (const [, key, number] of hash.matchAll(/(?:^#|&)(ring|moment|slot|page|at)=(0x[0-9a-f]{1,12}|\d{1,12})(?=&|$)/gi))
    found[key as (typeof KEYS)[number]] = Number(number)
  const { ring, ...rest } = found
  return ring === undefined ? undefined : { ring, ...rest }
}
