import type { DecodedRing } from '../capture/decoded-ring.ts'
import type { Applies, Asked } from './asked.ts'

/** `halt`: it serves the ring no more, without an answer. `unknown`: not read, or the layer below decides. */
export const OUTCOMES = ['accept', 'ERROR', 'EOPNOTSUPP', 'halt', 'unknown'] as const
/** What a backend does with a request. */
export type Outcome = (typeof OUTCOMES)[number]

/** One look that a backend takes at a request: where it applies, that is its answer, and nothing after it is looked at. */
export interface BackendRow {
  readonly test: string | ((asked: Asked) => string)
  readonly outcome: Outcome
  /** The source was read, and nobody has run it. */
  readonly reading?: true
  readonly applies: Applies
}

/** A ring as a backend reads it, which may be in another layout than the guest wrote it in. */
export interface BackendReading {
  /** The ring given, or the same bytes in another layout. */
  readonly decoded: DecodedRing
  /** What is to be said of the layout; undefined where the backend reads the ring as it was given. */
  readonly note: string | undefined
}

/** A backend: in which units it counts, and its rows in the order in which it looks. */
export interface BackendModel {
  /** Bytes of a unit, of a disk whose own sectors have so many. */
  readonly unit: (sectorSize: bigint) => bigint
  /** In which layout it reads a ring; without it, in the one it was given in. */
  readonly asRead?: (decoded: DecodedRing) => BackendReading
  readonly rows: readonly BackendRow[]
  /** It keeps pages mapped between requests where both ends have feature-persistent, and maps them writable, whatever for. */
  readonly persistent: boolean
  /** Of a ring whose req_prod cannot be: a verdict on all of it, or what is to be said beside each request's own. */
  readonly impossible: { readonly outcome: Outcome; readonly test: string } | { readonly beside: string }
}
