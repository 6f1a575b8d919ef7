import type { RingRange } from '../codec/ring/annotate-ring.ts'
import type { RingMoment } from '../codec/ring/changed-in-flight.ts'
import type { Slot } from '../codec/ring/ring.ts'

/** One ring of a side: a device with several queues has several. */
export interface SideRing extends RingMoment {
  readonly queue: number | undefined
}

/** A number or bigint as the wire has it, the bytes of what is no field, or the words of what is on no wire. */
export type Value = number | bigint | Uint8Array | string

/** A value as one side has it, and where. */
export interface SideValue {
  /** The path from the ring on: `ring[12].req.seg[2].gref`. */
  readonly path: string
  /** Bytes from the start of the ring, or of the indirect page. */
  readonly offset: number
  /** Reference of the indirect page that the offset lies in; undefined for the ring itself. */
  readonly page: number | undefined
  readonly value: Value
}

/** One thing that differs. A side that does not have it at all is undefined. */
export interface Difference {
  /** Its path below the slot, so that slots in different places compare: `req.seg[2].gref`. */
  readonly field: string
  /** `asked`: no field of the wire, but what requests add up to. */
  readonly kind: RingRange['kind'] | 'asked'
  readonly a: SideValue | undefined
  readonly b: SideValue | undefined
  /** Why it counts although the values alone do not show it. */
  readonly note?: string
}

/** A slot, and the queue whose ring it lies in. */
export interface PlacedSlot {
  readonly queue: number | undefined
  readonly slot: Slot
}

/**
 * Differences that belong together: those of a header, of a tail, or of the slots of one request on either side. One side may have
 * no slots.
 */
export interface Hunk {
  readonly part: 'header' | 'slots' | 'tail'
  /** The queue of a header or a tail; slots have their own. */
  readonly queue: number | undefined
  readonly a: readonly PlacedSlot[]
  readonly b: readonly PlacedSlot[]
  /** Empty where a side has no such slots at all. */
  readonly differences: readonly Difference[]
}

/** Whether both sides have what a hunk is about, or one alone. */
export type Changed = 'changed' | 'removed' | 'added'

/** Whether a hunk is of something that was `removed` (A alone has it), `added` (B alone has it) or `changed`. */
export function changeOf({ part, a, b }: Hunk): Changed {
  if (part !== 'slots' || (a.length > 0 && b.length > 0)) return 'changed'
  return a.length > 0 ? 'removed' : 'added'
}

/** Pairs of names that stand for the same thing on the two sides. */
export interface Renames {
  readonly gref: readonly (readonly [number, number])[]
  /** With the queue, where the device has several: ids are a queue's own. */
  readonly id: readonly (readonly [string, string])[]
}

/** Whether what one side asks of the disk names each sector exactly once. */
export interface Coverage {
  /** Requests in flight that name sectors; the halves of a pair count as one. */
  readonly requests: number
  readonly sectors: bigint
  readonly faults: readonly CoverageFault[]
}

/** Sectors that no request of a split pair names (`gap`), or that two requests name (`overlap`). */
export interface CoverageFault {
  readonly kind: 'gap' | 'overlap'
  readonly slots: readonly PlacedSlot[]
  /** First and last sector. */
  readonly from: bigint
  readonly to: bigint
  readonly message: string
}

/** What differs between two devices, and what could not be compared. */
export interface DeviceDiff {
  readonly level: Level
  readonly by: MatchBy
  readonly hunks: readonly Hunk[]
  /** The names that stand for the same thing on the two sides; at level `io` only. */
  readonly renames: Renames | undefined
  readonly coverage: { readonly a: Coverage; readonly b: Coverage } | undefined
  /** What could not be compared, and why. Nothing in `hunks` rests on it. */
  readonly unknown: readonly Unknown[]
}

/**
 * Something that could not be compared. `indices`: they cannot be, so that nobody knows which requests are in flight. `page`: an
 * indirect page is not at hand. `repeated`: a page was named too often to be read again. `slot`: a slot is not in the input.
 * `bytes`: bytes of the header or the tail are not in the input.
 */
export type Unknown =
  | { readonly what: 'indices'; readonly side: 'a' | 'b'; readonly queue: number | undefined }
  | { readonly what: 'slot'; readonly side: 'a' | 'b'; readonly slot: PlacedSlot }
  | {
      readonly what: 'bytes'
      readonly side: 'a' | 'b'
      readonly queue: number | undefined
      readonly from: number
      readonly to: number
    }
  | { readonly what: 'page' | 'repeated'; readonly side: 'a' | 'b'; readonly slot: PlacedSlot; readonly gref: number }

/** The levels of a comparison: all bytes, the fields that mean something, or what the requests ask of the disk. */
export const LEVELS = ['bytes', 'fields', 'io'] as const
/** The level of a comparison. */
export type Level = (typeof LEVELS)[number]

/** The ways to find the slot of B that a slot of A is held against. */
export const MATCH_BY = ['slot', 'index', 'id', 'sector', 'order'] as const
/** What slots of the two sides are matched by. */
export type MatchBy = (typeof MATCH_BY)[number]

/** What `diff` and `diffDevices` compare, and what they leave aside. */
export interface DiffOptions {
  readonly level: Level
  /** Which slots are held against each other; undefined for the level's own way. */
  readonly by?: MatchBy | undefined
  /** Whether padding and stale bytes count at level `fields`. */
  readonly strict?: boolean
  /** What survives beneath responses counts as well. */
  readonly all?: boolean
  /** Names of fields that do not count (`FIELD_NAMES`). */
  readonly ignore?: ReadonlySet<string>
}

/**
 * What slots are matched by where nothing else is said: requests of the same sectors at level `io`, the same place at level
 * `bytes`, the same index at level `fields`.
 */
export const DEFAULT_BY: Readonly<Record<Level, MatchBy>> = { bytes: 'slot', fields: 'index', io: 'sector' }
