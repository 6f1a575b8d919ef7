// The letters that the Linux block layer puts a request's kind in: `WFS`, `FF`, `RA`, `DE`.

/** What a request does. */
export type TraceOp = 'read' | 'write' | 'flush' | 'discard' | 'secdiscard'

/** What the letters of a request's kind say, as the Linux block layer writes them: `WFS`, `FF`, `RA`, `DE`. */
export interface Rwbs {
  /** Undefined: none of those that a block driver is sent as such (N: a command of the driver's own). */
  readonly op: TraceOp | undefined
  /** The cache is flushed before the data is written. */
  readonly preflush: boolean
  /** Forced unit access. */
  readonly fua: boolean
  readonly sync: boolean
  readonly metadata: boolean
  readonly readahead: boolean
}

const LETTERS = /^(F?)(DE|[RWDFNE])?(F?)([A-Z]*)$/

const OPS: Readonly<Record<string, TraceOp | undefined>> = {
  R: 'read',
  W: 'write',
  D: 'discard',
  DE: 'secdiscard',
  E: 'secdiscard',
  F: 'flush',
}

/** Reads the letters of a request's kind; undefined for letters that no kernel writes. */
export function parseRwbs(text: string): Rwbs | undefined {
  const match = LETTERS.exec(text)
  if (!match || text === '') return undefined
  const [, first, letter, fua, rest] = match as unknown as [string, string, string | undefined, string, string]
  if (/[^ASMBHUP]/.test(rest)) return undefined
  // A lone F, or F before N, is the flush itself.
  const op = first && (letter === undefined || letter === 'N') ? 'flush' : OPS[letter ?? '']
  return {
    op,
    preflush: first === 'F',
    fua: fua === 'F',
    sync: rest.includes('S'),
    metadata: rest.includes('M'),
    readahead: rest.includes('A'),
  }
}
