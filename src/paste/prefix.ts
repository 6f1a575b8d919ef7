// What stands before a line of a program's output where it was logged or quoted.

/** What tells a line's format stands in so many of its characters. */
export const HEAD = 256

/** The marks of mail, at whatever depth, and the space that is written behind the last. */
const QUOTES = /^(?:[ \t]*[>|](?=[ \t>|]|$))*(?:[ \t]*>(?=[\w*#'"/@([{.$<]))?/
const TIME = String.raw`\d\d:\d\d:\d\d(?:[.,]\d{1,9})?`
const ISO = String.raw`\d{4}-\d\d-\d\d[T ]${TIME}(?:Z|[+-]\d\d:?\d\d)?`
/** Date and time of syslog, perhaps with its priority, or ISO 8601; host, program. */
const SYSLOG = new RegExp(
  String.raw`^[ \t]*(?:<\d{1,3}>(?:1 )?)?(?:[A-Z][a-z]{2} [ \d]\d ${TIME}|${ISO}) (?:(?:[\w.-]+ )?[\w./-]+(?:\[\d+\])?: |[\w.-]+ [\w./-]+ (?:\d+|-) \S{1,32} (?:-|\[[^\]]{0,200}\]) )`,
)
/** A time alone, as `ts`, containers' logs and chats write it. */
const STAMP = new RegExp(String.raw`^[ \t]*(?:\[(?:${ISO}|${TIME})\]|${ISO}|${TIME}) `)
/** The kernel's: seconds, or a date of dmesg -T, and perhaps the thread or CPU. */
const CLOCK = /^[ \t]*(?:<\d+>)?\[(?: *\d+\.\d+|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4})\](?:\[ *[TC]\d+\])? ?/
/** What Xen's console puts before a line, perhaps with a date, seconds, or a count of 16 digits. */
const CONSOLE = /^[ \t]*\(XEN\) (?:\[(?:[^\].:]{1,20}[.:][^\]]{1,20}|\d{16})\] )?/
/** What a driver calls itself; digits and a colon are an address. */
const DRIVER = /^(?=[^:]*[g-z_])[a-z][\w. -]{0,63}: /i

const PYTHON = /^>>>(?: |$)/

/** So often one is put before the other. */
const MAX_ROUNDS = 4
const STAMPS = [SYSLOG, STAMP, CONSOLE, CLOCK]

/** Whether a line is quoted without a space behind the marks: then spaces that stand there are the program's own. */
export function isQuotedTight(line: string): boolean {
  const at = prefixLength(line, true)
  return at > 0 && /[>|]/.test(line[at - 1]!) && /[^ \t]/.test(line[at] ?? '')
}

/**
 * Characters of a line that stand before what a program printed: `> ` of mail, the date and host of syslog, `[   12.345678] ` of the
 * kernel's log, `(XEN) ` of Xen's console, and of a line of a log the name of the driver. Indentation is the program's own.
 * @param isTight the marks of mail in this text have no space behind them
 */
export function prefixLength(line: string, isTight = false): number {
  return prefixOf(line, isTight).length
}

/** The same, and how many of the characters are quotes and stamps, without the name of the driver. */
export function prefixOf(line: string, isTight = false): { readonly length: number; readonly stamps: number } {
  if (line === '') return { length: 0, stamps: 0 }
  const { at, last } = stampsOf(line, isTight)
  // The hypervisor has no drivers that give their names.
  const isNamed = last !== undefined && last !== CONSOLE
  return { length: at + (isNamed ? (DRIVER.exec(line.slice(at, HEAD))?.[0].length ?? 0) : 0), stamps: at }
}

/** Where quotes and stamps end, and which stamp was the last. */
function stampsOf(line: string, isTight: boolean): { readonly at: number; readonly last: RegExp | undefined } {
  const head = line.slice(0, HEAD)
  let at = 0
  let last: RegExp | undefined
  // What was quoted may be logged, and what was logged quoted.
  for (let round = 0; round < MAX_ROUNDS; round++) {
    // Behind a stamp three marks are the prompt of Python, which drgn has.
    if (last !== undefined && PYTHON.test(head.slice(at))) break
    at += quotesLength(head.slice(at), isTight)
    const quoted = at
    for (const stamp of STAMPS) {
      const length = stamp.exec(head.slice(at))?.[0].length ?? 0
      if (length > 0) last = stamp
      at += length
    }
    if (at === quoted) break
  }
  return { at, last }
}

function quotesLength(head: string, isTight: boolean): number {
  const quotes = QUOTES.exec(head)?.[0].length ?? 0
  return quotes > 0 && !isTight && /[ \t]/.test(head[quotes] ?? '') ? quotes + 1 : quotes
}
