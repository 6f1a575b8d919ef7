import type { OpName } from '../codec/xen/operations.ts'

/** How text is coloured. `plainStyle` leaves it as it is. */
export interface Style {
  readonly bold: Paint
  readonly dim: Paint
  /** Something wrong: errors, findings. */
  readonly bad: Paint
  /** Something uncertain. */
  readonly unsure: Paint
  /** Lines of the old and the new side of a difference, and the words in them that differ. */
  readonly removed: Paint
  readonly added: Paint
  readonly removedWord: Paint
  readonly addedWord: Paint
  /** Where a difference lies: `@@ slot 3 @@`. */
  readonly place: Paint
  readonly ops: Readonly<Record<OpName, Paint>>
  /** Bytes of a ring by what they are. */
  readonly bytes: Readonly<Record<ByteKind, Paint>>
}

/** `unread`: stale bytes and padding. */
export type ByteKind = 'sring' | 'request' | 'response' | 'beneath' | 'unread'

export type Paint = (text: string) => string

const same: Paint = (text) => text

export const plainStyle: Style = {
  bold: same,
  dim: same,
  bad: same,
  unsure: same,
  removed: same,
  added: same,
  removedWord: same,
  addedWord: same,
  place: same,
  ops: { read: same, write: same, barrier: same, flush: same, packet: same, discard: same, indirect: same, unknown: same },
  bytes: { sring: same, request: same, response: same, beneath: same, unread: same },
}

type Colours = Readonly<Record<'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'magenta' | 'cyan' | 'blue' | 'inverse', Paint>>

/** A style from chalk or anything that names its colours so. */
export function colourStyle(c: Colours): Style {
  return {
    bold: c.bold,
    dim: c.dim,
    bad: c.red,
    unsure: c.yellow,
    removed: c.red,
    added: c.green,
    removedWord: (text) => c.red(c.inverse(text)),
    addedWord: (text) => c.green(c.inverse(text)),
    place: c.cyan,
    ops: {
      read: c.green,
      write: c.blue,
      barrier: c.magenta,
      flush: c.magenta,
      packet: c.red,
      discard: c.cyan,
      indirect: c.bold,
      unknown: c.red,
    },
    bytes: { sring: c.magenta, request: c.green, response: c.cyan, beneath: c.yellow, unread: c.dim },
  }
}
