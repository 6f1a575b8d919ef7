import type { IndirectPages } from '../codec/ring/indirect-pages.ts'
import type { ByteSpan } from '../codec/ring/missing.ts'
import { arm, sameLayout } from '../codec/struct/abi.ts'
import { protocolOfAbi } from '../codec/xen/protocols.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { FrameNumbers } from './frames.ts'
import type { GrantTable } from './grant-table.ts'
import type { ImageMap } from './image-map.ts'
import type { FoundPage } from './locator.ts'
import type { NamedRing } from './named-ring.ts'
import type { PagePlace, Sighting } from './page-scan.ts'
import type { RingScore } from './ring-score.ts'

/** How the pages of a ring were put together. `one`: there is one. */
export type JoinedBy = 'one' | 'following' | 'grants' | 'xenstore'

/** How a ring was found to belong to a device. */
export type NamedBy = 'ring-ref' | 'handle' | 'only'

/**
 * What speaks against a ring that reads well being one in use. The memory of a guest also holds rings of the past, in pages that
 * were freed, and copies of rings.
 */
export type Doubt =
  /** No table at hand gives access to it. */
  | { readonly kind: 'ungranted' }
  /** XenStore names other rings. */
  | { readonly kind: 'unnamed' }
  /** A ring before it has the same bytes. */
  | { readonly kind: 'copy'; readonly of: number }
  /** It has not wrapped: of more pages, none but these would be used. */
  | { readonly kind: 'maybe-longer' }

/** A ring that was found in an image, with what it was told by. */
export interface FoundRing {
  /** Of its first page; undefined of a page that was fetched because XenStore names it. */
  readonly place: PagePlace | undefined
  /** Byte offsets of its pages in the image, in ring-ref order; undefined of one that is not there, never the first. */
  readonly offsets: readonly (number | undefined)[]
  /** Numbers of its first page. */
  readonly numbers: FrameNumbers | undefined
  readonly bytes: Uint8Array
  readonly score: RingScore
  readonly joined: JoinedBy
  /** The table that gives its pages to the backend. */
  readonly table: GrantTable | undefined
  /** The grant references of its pages, in order; undefined of a page that no table names. */
  readonly refs: readonly (number | undefined)[]
  readonly named: { readonly ring: NamedRing; readonly by: NamedBy } | undefined
  /** Indirect pages that its requests in flight name. */
  readonly indirect: ReadonlyMap<number, FoundPage>
  /** References of indirect pages that could not be followed. */
  readonly missing: readonly number[]
  readonly doubts: readonly Doubt[]
}

export function ringOfSighting({ place, score, bytes }: Sighting, numbers: FrameNumbers | undefined, pageSize: number): FoundRing {
  return {
    place,
    offsets: Array.from({ length: score.pages }, (_, page) => place.offset + page * pageSize),
    numbers,
    bytes,
    score,
    joined: score.pages === 1 ? 'one' : 'following',
    table: undefined,
    refs: Array.from({ length: score.pages }, () => undefined),
    named: undefined,
    indirect: new Map(),
    missing: [],
    doubts: [],
  }
}

/**
 * The protocol of the ring as protocols.h spells it: what XenStore says, else by the slots; of Arm, whose layout is that of x86_64,
 * where the image says so.
 */
export function protocolOfRing({ score, named }: FoundRing, { arm: isArm }: ImageMap): string {
  if (named?.ring.abi) return protocolOfAbi(named.ring.abi)
  return protocolOfAbi(isArm && sameLayout(score.abi, arm) ? arm : score.abi)
}

/** Bytes of its pages that the image does not have; they are 0 in `bytes`. */
export function missingOfRing({ offsets }: Pick<FoundRing, 'offsets'>): ByteSpan[] {
  return offsets.flatMap((offset, page) =>
    offset === undefined ? [{ from: page * XEN_PAGE_SIZE, to: (page + 1) * XEN_PAGE_SIZE }] : [],
  )
}

/** `pages 1 and 2 of 4 are not in the image`; undefined where all are. */
export function lackText({ offsets }: Pick<FoundRing, 'offsets'>): string | undefined {
  const lost = offsets.flatMap((offset, page) => (offset === undefined ? [page] : []))
  if (lost.length === 0) return undefined
  const list = lost.length === 1 ? `page ${lost[0]}` : `pages ${lost.slice(0, -1).join(', ')} and ${lost.at(-1)}`
  return `${list} of 0 to ${offsets.length - 1} ${lost.length === 1 ? 'is' : 'are'} not in the image`
}

/** The indirect pages of a ring of an image, as `decodeRing` takes them. */
export function indirectPagesOf({ indirect }: FoundRing): IndirectPages {
  return { get: (gref) => indirect.get(gref)?.bytes }
}
