import type { OpName } from '../codec/xen/operations.ts'

/** How text is coloured. `plainStyle` leaves it as it is. */
export interface Style {
  readonly bold: Paint
  readonly dim: Paint
  /** Something wrong: errors, findings. */
  readonly bad: Paint
  /** Something uncertain. */
  readonly unsure: Paint
  readonly ops: Readonly<Record<OpName, Paint>>
}

export type Paint = (text: string) => string

const same: Paint = (text) => text

export const plainStyle: Style = {
  bold: same,
  dim: same,
  bad: same,
  unsure: same,
  ops: { read: same, write: same, barrier: same, flush: same, packet: same, discard: same, indirect: same, unknown: same },
}

type Colours = Readonly<Record<'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'magenta' | 'cyan' | 'blue', Paint>>

/** A style from chalk or anything that names its colours so. */
export function colourStyle(c: Colours): Style {
  return {
    bold: c.bold,
    dim: c.dim,
    bad: c.red,
    unsure: c.yellow,
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
  }
}
