// What a line of a trace is, whatever its format.
import type { FtraceEvent } from './ftrace.ts'

/** A request of which one line tells both when it was issued and when it ended, in milliseconds. */
export interface TimedRequest {
  readonly type: 'whole'
  readonly device: string
  readonly rwbs: string
  readonly sector: bigint
  readonly nrSectors: number
  readonly issued: number
  readonly completed: number
}

/** What a line is. `empty`: a comment, a header, or nothing. `other`: an event of another kind. */
export type ParsedLine = FtraceEvent | TimedRequest | 'empty' | 'other' | 'unknown'
