// The formats of hexdumps that are read, by the shape of their lines. The first whose head and words a line has is the one
// that a dump begins in; it then goes on in it as long as it can.

/** How a word's digits stand for bytes: as they lie in memory, or as a number of a little-endian machine. */
export type WordOrder = 'memory' | 'little'

export interface HexFormat {
  /** What prints it. */
  readonly name: string
  /** What stands before the words; group 1 is the address. */
  readonly head: RegExp
  /** What follows that in the first line of a dump: other formats may have a head that looks the same. */
  readonly first: RegExp
  /** Every word begins with 0x. */
  readonly prefixed: boolean
  /** Where the line has a text column that tells, that decides instead. */
  readonly order: WordOrder
  /** What addresses may be written in: the one that goes with the lengths of lines is taken, the first where several do. */
  readonly radixes: readonly number[]
  /** Begins the text column, if there is one; it stands in front of no word. */
  readonly text: RegExp | undefined
  /** Digits of one word; undefined is any even number. */
  readonly digits: readonly number[] | undefined
  /** A last line that is an address alone says where the dump ends. */
  readonly ends: boolean
}

const WORDS = [2, 4, 8, 16]

/**
 * gdb's `x` (gdb manual, "Examining Memory"), the `x` and `xp` of QEMU's monitor (monitor/hmp-cmds-target.c), `rd` of crash
 * (its help text), xxd, Linux's print_hex_dump (lib/hexdump.c), util-linux' hexdump, od of coreutils. Each was compared with
 * what the tool prints, but for crash and print_hex_dump, which were read of.
 */
export const HEX_FORMATS: readonly HexFormat[] = [
  {
    name: "gdb's x",
    head: /(?:^|[ \t>])(0x[\da-f]{1,16})(?:[ \t]+<[^<>]*>)?:[ \t]+/i,
    first: /^0x/i,
    prefixed: true,
    order: 'little',
    radixes: [16],
    text: undefined,
    digits: WORDS,
    ends: false,
  },
  {
    name: "x or xp of QEMU's monitor",
    head: /(?:^|[ \t>)])([\da-f]{8,16}):[ \t]+/i,
    first: /^0x/i,
    prefixed: true,
    order: 'little',
    radixes: [16],
    text: undefined,
    digits: WORDS,
    ends: false,
  },
  {
    name: "crash's rd",
    head: /(?:^|[ \t>])([\da-f]{1,16}):(?: {2}|\t)/i,
    first: /^[\da-f]/i,
    prefixed: false,
    order: 'little',
    radixes: [16],
    text: / {3,}|\t/,
    digits: WORDS,
    ends: false,
  },
  {
    name: 'hexdump with colons',
    head: /(?:^|[ \t])([\da-f]{4,16}): /i,
    first: /^(?:[\da-f]{2} ){8} [\da-f]{2} /i,
    prefixed: false,
    order: 'memory',
    radixes: [16],
    text: / {2}(?=\S+$)|\|/,
    digits: [2],
    ends: false,
  },
  {
    name: "drgn's print_annotated_memory",
    head: /^([\da-f]{16}): /i,
    first: /^[\da-f]{16}(?: \[|[ \t]*$)/i,
    prefixed: false,
    order: 'little',
    radixes: [16],
    text: / \[/,
    digits: [16],
    ends: false,
  },
  {
    name: 'xxd',
    head: /(?:^|[ \t])([\da-f]{4,16}):[ \t]/i,
    first: /^[\da-f]/i,
    prefixed: false,
    order: 'memory',
    radixes: [16],
    text: / {2,}|\t/,
    digits: undefined,
    ends: false,
  },
  {
    name: 'hexdump or od',
    head: /^[ \t]*([\da-f]{4,22})[ \t]+/i,
    first: /^[\da-f]/i,
    prefixed: false,
    order: 'little',
    radixes: [16, 8, 10],
    text: /(?<![ \t])[ \t]+[|>]/,
    digits: WORDS,
    ends: true,
  },
]

/** Hex digits without addresses: xxd -p, xxd -i, od -A n. */
export const PLAIN = 'hex digits without addresses'
/** What Python prints of bytes, which is what drgn reads: b'\x00'. */
export const PYTHON = 'bytes of Python'
