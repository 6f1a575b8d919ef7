// Dumps as the tools print them, written from their documentation; those of tools that are installed are compared with them
// (formats.test.ts), those of gdb and QEMU with what is in real/.
export interface Formatter {
  readonly name: string
  /** @param base address of the first byte */
  readonly print: (bytes: Uint8Array, base: bigint) => string
  /** The command that prints the same of a file, from offset 0. */
  readonly command?: string
}

const hex = (n: number | bigint, digits: number) => n.toString(16).padStart(digits, '0')

interface Columns {
  readonly perLine: number
  readonly word: number
  readonly order: 'memory' | 'little'
  readonly prefix?: string
  readonly separator?: string
  readonly squeeze?: boolean
  /** Words of a line that is not full are padded to the width of a full one. */
  readonly pad?: boolean
  readonly address: (at: bigint, offset: number) => string
  readonly text?: (ascii: string) => string
  readonly end?: (at: bigint) => string
}

function columns(c: Columns): Formatter['print'] {
  return (bytes, base) => {
    const lines: string[] = []
    let before = ''
    for (let at = 0; at < bytes.length; at += c.perLine) {
      const part = bytes.subarray(at, at + c.perLine)
      const words: string[] = []
      for (let i = 0; i < part.length; i += c.word) {
        const word = Buffer.from(part.subarray(i, i + c.word))
        if (c.order === 'little') word.reverse()
        words.push((c.prefix ?? '') + word.toString('hex'))
      }
      const full = (c.perLine / c.word) * ((c.prefix ?? '').length + 2 * c.word + 1) - 1
      const body = words.join(c.separator ?? ' ')
      const ascii = c.text ? String.fromCharCode(...part.map((b) => (b >= 0x20 && b < 0x7f ? b : 0x2e))) : ''
      const line = (c.pad ? body.padEnd(full) : body) + (c.text?.(ascii) ?? '')
      if (c.squeeze && line === before && at + c.perLine < bytes.length + (c.end ? 1 : 0)) {
        if (lines.at(-1) !== '*') lines.push('*')
        continue
      }
      before = line
      lines.push(c.address(base + BigInt(at), at) + line)
    }
    if (c.end) lines.push(c.end(base + BigInt(bytes.length)))
    return `${lines.join('\n')}\n`
  }
}

const colon =
  (digits: number, gap = ' ') =>
  (at: bigint) =>
    `${hex(at, digits)}:${gap}`
const gap = (spaces: number) => (ascii: string) => ' '.repeat(spaces) + ascii
/** crash prints no zeros before an address, but spaces. */
const rd = (at: bigint) => `${at.toString(16).padStart(16)}:  `
const symbol = (at: bigint, offset: number) => `0x${at.toString(16)}${offset === 0 ? ' <page>' : ` <page+${offset}>`}:\t`
const od = (digits: number, radix: number) => (at: bigint) => at.toString(radix).padStart(digits, '0')

function canonical(bytes: Uint8Array, base: bigint): string {
  const halves = columns({ perLine: 16, word: 1, order: 'memory', address: (at) => `${hex(at, 8)}  `, text: (a) => `  |${a}|` })
  const split = (line: string) => line.replace(/^(\S+ {2}(?:\S\S ){8})/, '$1 ')
  const out: string[] = []
  let before = ''
  for (const line of halves(bytes, base).trimEnd().split('\n').map(split)) {
    const body = line.slice(8)
    if (body === before) {
      if (out.at(-1) !== '*') out.push('*')
    } else out.push(line)
    before = body
  }
  return `${out.join('\n')}\n${hex(base + BigInt(bytes.length), 8)}\n`
}

function pythonBytes(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'"
  const named: Record<number, string> = { 9: '\\t', 10: '\\n', 13: '\\r', 92: '\\\\' }
  const body = [...bytes].map((b) => {
    if (named[b]) return named[b]
    if (String.fromCharCode(b) === quote) return `\\${quote}`
    return b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : `\\x${hex(b, 2)}`
  })
  return `>>> prog.read(0x3c0a000, ${bytes.length}, physical=True)\nb${quote}${body.join('')}${quote}\n`
}

function postscript(bytes: Uint8Array): string {
  return `${[...bytes]
    .map((b) => hex(b, 2))
    .join('')
    .replace(/.{60}/g, '$&\n')
    .trimEnd()}\n`
}

const ticked = (n: bigint) => hex(n, 16).replace(/^.{8}/, '$&`')

function windbg(command: string, word: number, address: (at: bigint) => string): Formatter['print'] {
  const text = word === 1 ? { text: gap(2) } : {}
  const print = columns({ perLine: 16, word, order: 'little', address, ...text })
  return (bytes, base) => {
    const lines = print(bytes, base)
    const dashed = word === 1 ? lines.replace(/^(.*?(?:[\da-f]{2} ){7}[\da-f]{2}) /gm, '$1-') : lines
    const words = word === 8 ? dashed.replace(/ ([\da-f]{8})([\da-f]{8})(?![\da-f])/g, ' $1`$2') : dashed
    return `0: kd> ${command} ${ticked(base)} L${hex(bytes.length / word, 1)}\n${words}`
  }
}

/** od without options, or with -b. */
function octal(word: number): Formatter['print'] {
  const print = columns({ perLine: 16, word, order: 'little', squeeze: true, address: (at) => `${od(7, 8)(at)}: `, end: od(7, 8) })
  const digits = word === 1 ? 3 : 6
  return (bytes, base) =>
    print(bytes, base).replace(/^(\S+): (.*)$/gm, (_, address: string, words: string) => {
      const values = words.split(' ').map((w) => Number.parseInt(w, 16).toString(8).padStart(digits, '0'))
      return `${address} ${values.join(' ')}`
    })
}

export const FORMATTERS: readonly Formatter[] = [
  {
    name: 'xxd',
    command: 'xxd',
    print: columns({ perLine: 16, word: 2, order: 'memory', address: colon(8), text: gap(2), pad: true }),
  },
  {
    name: 'xxd -g1 -c8',
    command: 'xxd -g1 -c8',
    print: columns({ perLine: 8, word: 1, order: 'memory', address: colon(8), text: gap(2) }),
  },
  {
    name: 'xxd -g4',
    command: 'xxd -g4',
    print: columns({ perLine: 16, word: 4, order: 'memory', address: colon(8), text: gap(2) }),
  },
  { name: 'xxd -e', command: 'xxd -e', print: columns({ perLine: 16, word: 4, order: 'little', address: colon(8), text: gap(2) }) },
  { name: 'xxd -p', command: 'xxd -p', print: postscript },
  { name: 'hexdump -C', command: 'hexdump -C', print: canonical },
  {
    name: 'hexdump',
    command: 'hexdump',
    print: columns({ perLine: 16, word: 2, order: 'little', squeeze: true, address: (at) => `${hex(at, 7)} `, end: od(7, 16) }),
  },
  ...[1, 2, 4, 8].flatMap((word) =>
    (['x', 'o', 'd'] as const).map((radix) => {
      const address = od(radix === 'x' ? 6 : 7, { x: 16, o: 8, d: 10 }[radix])
      const print = columns({ perLine: 16, word, order: 'little', squeeze: true, address: (at) => `${address(at)} `, end: address })
      return { name: `od -A ${radix} -t x${word}`, command: `od -A ${radix} -t x${word}`, print }
    }),
  ),
  ...[8, 16, 32, 64].map((bits) => ({
    name: `crash rd -${bits}`,
    print: columns({ perLine: 16, word: bits / 8, order: 'little', address: rd, text: gap(3), pad: true }),
  })),
  ...(
    [
      ['b', 1, 8],
      ['h', 2, 16],
      ['w', 4, 16],
      ['g', 8, 16],
    ] as const
  ).flatMap(([letter, word, perLine]) => [
    { name: `gdb x${letter}`, print: columns({ perLine, word, order: 'little', prefix: '0x', separator: '\t', address: symbol }) },
    { name: `QEMU xp x${letter}`, print: columns({ perLine, word, order: 'little', prefix: '0x', address: colon(16) }) },
  ]),
  {
    name: 'print_hex_dump of the kernel',
    print: (bytes, base) =>
      columns({ perLine: 16, word: 1, order: 'memory', address: colon(8), text: gap(2) })(bytes, base).replace(
        /^(?=.)/gm,
        '[  104.220071] xen-blkfront: ',
      ),
  },
  {
    name: "drgn's print_annotated_memory",
    print: (bytes, base) =>
      `ADDRESS           VALUE\n${columns({ perLine: 8, word: 8, order: 'little', address: colon(16) })(bytes, base)}`,
  },
  ...(
    [
      ['db', 1],
      ['dw', 2],
      ['dd', 4],
      ['dq', 8],
    ] as const
  ).flatMap(([command, word]) => [
    { name: `WinDbg ${command}`, print: windbg(command, word, (at) => `${ticked(at)}  `) },
    { name: `WinDbg !${command}`, print: windbg(`!${command}`, word, (at) => `#${at.toString(16).padStart(8)} `) },
  ]),
  {
    name: "lldb's memory read",
    print: columns({
      perLine: 16,
      word: 1,
      order: 'memory',
      address: (at) => `0x${hex(at, 8)}: `,
      text: gap(2),
    }),
  },
  ...[1, 2, 4, 8].map((word) => ({
    name: `md of U-Boot, words of ${word}`,
    print: columns({ perLine: 16, word, order: 'little', address: colon(8), text: gap(2) }),
  })),
  { name: 'od in octal', command: 'od', print: octal(2) },
  { name: 'od -b', command: 'od -b', print: octal(1) },
  { name: 'list of Python', print: (bytes) => `>>> list(prog.read(0x3c0a000, ${bytes.length}))\n[${[...bytes].join(', ')}]\n` },
  { name: 'hex() of Python', print: (bytes) => `'${[...bytes].map((b) => hex(b, 2)).join('')}'\n` },
  { name: 'bytes of Python', print: pythonBytes },
]
