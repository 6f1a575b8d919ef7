// What biosnoop prints (bcc's, and that of libbpf-tools): a line for each request, when it has ended, below a header of its columns.
//   TIME(s)     COMM           PID    DISK    T SECTOR     BYTES  QUE(ms) LAT(ms)
//   0.000004    supervise      1950   xvda1   W 13092560   4096      0.02    0.74
// bpftrace's biosnoop.bt prints neither sector nor length.
import { U64_END } from './ftrace.ts'
import type { ParsedLine, TimedRequest } from './parsed-line.ts'

const SECTOR = 512
/** Bytes of a line that are looked at. */
const MAX_LINE = 4096
/** What the columns behind the command are called, which alone may hold spaces. */
const COLUMNS = ['TIME(s)', 'TIME(ms)', 'COMM', 'PID', 'DISK', 'T', 'SECTOR', 'BYTES', 'QUE(ms)', 'LAT(ms)', 'PATTERN'] as const
type Column = (typeof COLUMNS)[number]

/** Whether a line is biosnoop's header. */
export function isBiosnoopHeader(line: string): boolean {
  return columnsOf(line) !== undefined
}

function columnsOf(line: string): Column[] | undefined {
  const words = line.slice(0, MAX_LINE).trim().split(/\s+/)
  const columns = words.filter((word): word is Column => COLUMNS.includes(word as Column))
  return words[0]?.startsWith('TIME(') && columns.includes('COMM') && columns.includes('DISK') ? columns : undefined
}

/** A parser of lines, which knows the columns by the header that it saw last. */
export function biosnoopParser(): (line: string) => ParsedLine {
  let columns: Column[] = []
  return (line) => {
    if (line.trim() === '') return 'empty'
    const header = columnsOf(line)
    if (header) {
      columns = header
      return 'empty'
    }
    return requestOf(columns, line.slice(0, MAX_LINE).trim().split(/\s+/)) ?? 'unknown'
  }
}

/** True of columns that say which sectors a request is of. */
export function saysSectors(header: string): boolean {
  const columns = columnsOf(header) ?? []
  return columns.includes('SECTOR') && columns.includes('BYTES')
}

function requestOf(columns: readonly Column[], words: readonly string[]): TimedRequest | undefined {
  const command = columns.indexOf('COMM')
  // The name of a command may hold spaces: the columns behind it are counted from the end.
  const value = (column: Column) => {
    const at = columns.indexOf(column)
    return at < 0 ? undefined : words[at <= command ? at : words.length - (columns.length - at)]
  }
  if (words.length < columns.length) return undefined
  const [time, latency, device] = [number(value('TIME(s)')), number(value('LAT(ms)')), value('DISK')]
  const [letters, sector, bytes] = [value('T'), value('SECTOR'), number(value('BYTES'))]
  if (time === undefined || latency === undefined || device === undefined || bytes === undefined || bytes % SECTOR) return undefined
  if (!/^[A-Z]{1,16}$/.test(letters ?? '') || !/^-?\d{1,20}$/.test(sector ?? '')) return undefined
  const completed = time * 1000
  // bcc tells R from W only; a write of no bytes is a flush, whose sector is all ones.
  const rwbs = bytes === 0 && letters === 'W' ? 'FF' : letters!
  const place = BigInt.asUintN(64, BigInt(sector!))
  if (BigInt(sector!) >= U64_END) return undefined
  return { type: 'whole', device, rwbs, sector: place, nrSectors: bytes / SECTOR, issued: completed - latency, completed }
}

function number(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}(?:\.\d{1,9})?$/.test(text) ? Number(text) : undefined
}
