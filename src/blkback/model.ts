import type { DecodedRing } from '../capture/decoded-ring.ts'
import type { Request } from '../codec/ring/request.ts'
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
  /** The operation bytes that are looked at so; every one without it. */
  readonly of?: readonly number[]
  readonly applies: Applies
}

/** A ring as a backend reads it, which may be in another layout than the guest wrote it in. */
export interface BackendReading {
  /** The ring given, or the same bytes in another layout. */
  readonly decoded: DecodedRing
  /** What is to be said of the layout; undefined where the backend reads the ring as it was given. */
  readonly note: string | undefined
}

/** How a backend answers, beyond the status: what was seen of it in docs/backends.md. */
export interface AnswerModel {
  /** What a response says that was asked for. */
  readonly operation: (request: Request) => number
  /** When it asks to be told of the next request: with all that is published taken, or with all of that answered too. */
  readonly req_event: 'all-taken' | 'all-answered'
  /** Operations that it carries out while it takes them: nothing behind them is taken before they are answered. */
  readonly atOnce: readonly number[]
  /** Operations before which all that was taken is done. */
  readonly drains: readonly number[]
  /** The byte of the disk at which a request begins. */
  readonly placeOf: (asked: Asked) => bigint
  /** The pages before the one that does not map are filled by a read that is refused. */
  readonly fillsBeforeRefusing: boolean
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

/** A backend that was run, and whose answers are known to the byte. */
export interface AnsweringModel extends BackendModel {
  readonly answers: AnswerModel
}
