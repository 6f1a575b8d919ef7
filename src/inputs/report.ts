// What cannot be read is reported, and the rest goes on.
import { DumpError } from '../capture/dump-error.ts'

export interface Reporting {
  readonly onError?: ((error: DumpError) => void) | undefined
}

/** Undefined, and the error reported, where it cannot be read. @throws DumpError where nobody takes reports */
export function orReport<T>(reporting: Reporting, read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    reportTo(reporting, error)
    return undefined
  }
}

/** What an error keeps from being read is left out, to its end. */
export function* untilError<T>(reporting: Reporting, values: Iterable<T>): Generator<T> {
  try {
    yield* values
  } catch (error) {
    reportTo(reporting, error)
  }
}

export function reportTo({ onError }: Reporting, error: unknown): void {
  if (!onError || !(error instanceof DumpError)) throw error
  onError(error)
}
