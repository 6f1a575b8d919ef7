import type { OpName } from '../codec/xen/operations.ts'

/** How text is coloured. `plainStyle` leaves it as it is. */
export interface Style {
  readonly bold: Paint
  readonly dim: Paint
  /** How something that is wrong is set: errors, findings. */
  readonly bad: Paint
  /** How something uncertain is set. */
  readonly unsure: Paint
  /** Lines of the old and the new side of a difference, and the words in them that differ. */
  readonly removed: Paint
  readonly added: Paint
  readonly removedWord: Paint
  readonly addedWord: Paint
  /** How the place of a difference is set: `@@ slot 3 @@`. */
  readonly place: Paint
  readonly ops: Readonly<Record<OpName, Paint>>
  /** Bytes of a ring by what they are. */
  readonly bytes: Readonly<Record<ByteKind, Paint>>
}

/** What text is written on: how it is coloured, and the cells of a line; Infinity where nothing is folded. */
export interface Sheet {
  readonly style: Style
  readonly width: number
}

/** `unread`: stale bytes and padding. */
export type ByteKind = 'sring' | 'request' | 'response' | 'beneath' | 'unread'

/** Takes one string and nothing else: `lines.map(style.dim)`, which hands on the place of each line too, does not compile. */
export type Paint = (text: string, ...none: never[]) => string

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

type ColourName = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'magenta' | 'cyan' | 'blue' | 'inverse'

/** What gives text a colour: chalk, whose functions join however many arguments they get. */
export interface Colours extends Readonly<Record<Exclude<ColourName, 'blue'> | 'blueBright', Paint>> {
  ansi256(code: number): Paint
}

/** Of the 256, by name: each has a contrast of at least 4 on black and on white. */
export const FIXED_COLOURS = { red: 161, yellow: 130, green: 28, magenta: 164, cyan: 30, blue: 63 } as const

/** A style from chalk or anything that names its colours so. @param has256 the terminal has more than a theme's sixteen */
export function colourStyle(colours: Colours, has256: boolean): Style {
  const c = paints(colours, has256)
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

/** Of the theme's sixteen the bright blue: the other is unreadable on black. */
function paints(colours: Colours, has256: boolean): Record<ColourName, Paint> {
  const one =
    (paint: Paint): Paint =>
    (text) =>
      paint(text)
  const fixed = (name: keyof typeof FIXED_COLOURS, theme: Paint) => one(has256 ? colours.ansi256(FIXED_COLOURS[name]) : theme)
  return {
    bold: one(colours.bold),
    dim: one(colours.dim),
    inverse: one(colours.inverse),
    red: fixed('red', colours.red),
    yellow: fixed('yellow', colours.yellow),
    green: fixed('green', colours.green),
    magenta: fixed('magenta', colours.magenta),
    cyan: fixed('cyan', colours.cyan),
    blue: fixed('blue', colours.blueBright),
  }
}
