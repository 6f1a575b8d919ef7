// Where the emulated driver dies: an outcome of the emulation, described in our words, and no failure of ours.

/** The ways in which the driver can take the kernel down. */
export type FatalCause =
  | 'no-scatter-gather-table'
  | 'no-ring-grants'
  | 'too-many-segments'
  | 'too-many-chunks'
  | 'table-overrun'
  | 'segment-past-page'
  | 'fua-needs-indirect'
  | 'no-free-id'
  | 'no-grant-entry'
  | 'no-reserved-gref'
  | 'no-indirect-page'
  | 'foreign-response'
  | 'unknown-operation'
  | 'foreign-request'
  | 'freed-grant-entry'
  | 'kept-request-too-large'
  | 'bio-cut-past-end'
  | 'queue-count-waits'
  | 'disk-exists'

/** That the driver died, and how. */
export interface Fatal {
  readonly cause: FatalCause
  /** One sentence: what the driver met, and how it dies of it. */
  readonly reason: string
}

/** Leaves the driver's code at the point of death. Caught at the frontend's surface, and never seen outside. */
export class DriverDied extends Error {
  readonly fatal: Fatal

  constructor(cause: FatalCause, reason: string) {
    super(reason)
    this.name = 'DriverDied'
    this.fatal = { cause, reason }
  }
}
