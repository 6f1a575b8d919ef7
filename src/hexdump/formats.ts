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
  /** Where the text column tells, that decides instead; and of words that stand as in memory, what the bytes read as does. */
  readonly order: WordOrder
  /** What the words are written in. */
  readonly base: 2 | 8 | 16
  /** What addresses may be written in: the one that goes with the lengths of lines is taken, the first where several do. */
  readonly radixes: readonly number[]
  /** Begins the text column, if there is one; it stands in front of no word. */
  readonly text: RegExp | undefined
  /** Between words, besides spaces. */
  readonly dashed: boolean
  /** Digits of one word; undefined is any even number. */
  readonly digits: readonly number[] | undefined
  /** A last line that is an address alone says where the dump ends. */
  readonly ends: boolean
}

const WORDS = [2, 4, 8, 16]

const HEX = { base: 16, radixes: [16], prefixed: false, dashed: false, ends: false } as const

/** Words of WinDbg. */
const WINDBG = { ...HEX, first: /^[\da-f]/i, order: 'little', dashed: true, text: / {2,}|\t/, digits: WORDS } as const

/** Words with 0x before them. */
const PREFIXED = { ...HEX, first: /^0x/i, prefixed: true, order: 'little', text: undefined, digits: WORDS } as const

/**
 * gdb's `x` (gdb manual, "Examining Memory"), the `x` and `xp` of QEMU's monitor (monitor/hmp-cmds-target.c), `rd` of crash
 * (its help text), xxd, Linux's print_hex_dump (lib/hexdump.c), util-linux' hexdump, od of coreutils, lldb's memory read, `db`,
 * `dd`, `dq` and `!dd` of WinDbg (Microsoft's pages of these commands), U-Boot's md (lib/display_options.c), which looks like xxd,
 * with numbers. Each was compared with what the tool prints, but for crash, WinDbg, U-Boot and print_hex_dump, which were read of.
 */
export const HEX_FORMATS: readonly HexFormat[] = [
  {
    ...PREFIXED,
    name: "gdb's x",
    head: /(?:^|[ \t>])(0x[\da-f]{1,16})(?:[ \t]+<[^<>]*>)?:[ \t]+/i,
  },
  {
    ...PREFIXED,
    name: "x or xp of QEMU's monitor",
    head: /(?:^|[ \t>)])([\da-f]{8,16}):[ \t]+/i,
  },
  {
    ...WINDBG,
    name: "WinDbg's !d",
    head: /^[ \t]*#[ \t]*([\da-f]{1,16}|[\da-f]{1,8}`[\da-f]{8})[ \t]+/i,
  },
  {
    ...WINDBG,
    name: "WinDbg's d",
    // The command itself ends in L and a length.
    head: /(?:^|[ \t>])([\da-f]{8}[`_][\da-f]{8}):?[ \t]+(?![ \tL])/i,
  },
  {
    ...HEX,
    name: "WinDbg's db",
    head: /(?:^|[ \t>])([\da-f]{8})[ \t]+/i,
    first: /^(?:[\da-f]{2} ){7}[\da-f]{2}-[\da-f]{2} /i,
    order: 'memory',
    dashed: true,
    text: / {2,}|\t/,
    digits: [2],
  },
  {
    ...HEX,
    name: "crash's rd",
    head: /(?:^|[ \t>])([\da-f]{1,16}):(?: {2}|\t)/i,
    first: /^[\da-f]/i,
    order: 'little',
    text: / {3,}|\t/,
    digits: WORDS,
  },
  {
    ...HEX,
    name: 'hexdump with colons',
    head: /(?:^|[ \t])([\da-f]{4,16}): /i,
    first: /^(?:[\da-f]{2} ){8} [\da-f]{2} /i,
    order: 'memory',
    text: / {2}(?=\S+$)|\|/,
    digits: [2],
  },
  {
    ...HEX,
    name: "drgn's print_annotated_memory",
    head: /^([\da-f]{16}): /i,
    first: /^[\da-f]{16}(?: \[|[ \t]*$)/i,
    order: 'little',
    text: / \[/,
    digits: [16],
  },
  {
    ...HEX,
    name: 'xxd -b',
    head: /(?:^|[ \t])([\da-f]{4,16}):[ \t]/i,
    first: /^(?:[01]{8} ){6} .{1,6}[ \t]*$/,
    base: 2,
    order: 'memory',
    text: / {2,}|\t/,
    digits: [8],
  },
  {
    ...HEX,
    name: 'xxd',
    head: /(?:^|[ \t])([\da-f]{4,16}):[ \t]/i,
    first: /^[\da-f]/i,
    order: 'memory',
    radixes: [16, 10],
    text: / {2,}|\t/,
    digits: undefined,
  },
  {
    ...HEX,
    name: 'hexdump with 0x before addresses',
    head: /(?:^|[ \t>])0x([\da-f]{1,16}):?[ \t]+/i,
    first: /^(?:[\da-f]{2}){1,8}[ \t]/i,
    order: 'memory',
    text: / {2,}|\t/,
    digits: undefined,
  },
  {
    ...HEX,
    name: 'od in octal',
    head: /^[ \t]*([\da-f]{4,22})[ \t]+/i,
    first: /^(?:[0-3][0-7]{2}|[01][0-7]{5}|[0-3][0-7]{10}|[01][0-7]{21})(?:[ \t]|$)/,
    base: 8,
    order: 'little',
    radixes: [8, 16, 10],
    text: /(?<![ \t])[ \t]+[|>]/,
    digits: [3, 6, 11, 22],
    ends: true,
  },
  {
    ...HEX,
    name: 'hexdump or od',
    head: /^[ \t]*([\da-f]{4,22})[ \t]+/i,
    first: /^[\da-f]/i,
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
