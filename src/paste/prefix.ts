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
/** What Xen's console puts before a line. */
const CONSOLE = /^[ \t]*\(XEN\) (?:\[[^\]]{1,40}\] )?/
/** What a driver calls itself; digits and a colon are an address. */
const DRIVER = /^(?=[^:]*[g-z_])[a-z][\w. -]{0,63}: /i

const STAMPS = [SYSLOG, STAMP, CONSOLE, CLOCK]

/**
 * Characters of a line that stand before what a program printed: `> ` of mail, the date and host of syslog, `[   12.345678] ` of the
 * kernel's log, `(XEN) ` of Xen's console, and of a line of a log the name of the driver. Indentation is the program's own.
 */
export function prefixLength(line: string): number {
  const head = line.slice(0, HEAD)
  const quotes = QUOTES.exec(head)?.[0].length ?? 0
  let at = quotes > 0 && /[ \t]/.test(head[quotes] ?? '') ? quotes + 1 : quotes
  const log = at
  for (const stamp of STAMPS) at += stamp.exec(head.slice(at))?.[0].length ?? 0
  return at === log ? at : at + (DRIVER.exec(head.slice(at))?.[0].length ?? 0)
}
