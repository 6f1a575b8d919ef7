// What is being read of a ring, line by line.
import type { Testimony } from '../capture/testimony.ts'

/** A testimony that is not whole yet. */
export type TestimonyDraft = { -readonly [K in keyof Testimony]: Testimony[K] }

/** The indices in the groups of a line, printed with or without a sign. @param from the first group */
export function indicesIn(found: RegExpExecArray, from = 1): number[] {
  return found.slice(from).map((digits) => Number(digits) >>> 0)
}
