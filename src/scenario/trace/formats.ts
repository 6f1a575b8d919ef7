// The formats of traces, a row each. A trace is of the first whose mark a line bears.
import { biosnoopParser, isBiosnoopHeader } from './biosnoop.ts'
import { parseBlkparseLine } from './blkparse.ts'
import { parseFieldsLine } from './fields.ts'
import { parseFtraceLine, tracepointStyle } from './ftrace.ts'
import type { ParsedLine } from './parsed-line.ts'

/** Who wrote a trace. */
export type TraceFormat = 'blkparse' | 'ftrace' | 'perf script' | 'trace-cmd report' | 'biosnoop' | 'bpftrace'

export interface FormatRow {
  readonly name: TraceFormat
  /** Whether a line is of this format for sure. */
  bears(line: string): boolean
  /** What reads its lines, one after another. */
  parser(): (line: string) => ParsedLine
}

const isEvent = (parsed: ParsedLine) => parsed !== 'empty' && parsed !== 'unknown'
const tracepoints = (name: TraceFormat, mark?: RegExp): FormatRow => ({
  name,
  bears: (line) => mark?.test(line) || tracepointStyle(line) === name,
  parser: () => parseFtraceLine,
})

export const FORMATS: readonly FormatRow[] = [
  tracepoints('ftrace', /^# tracer:/),
  tracepoints('perf script'),
  tracepoints('trace-cmd report', /^cpus=\d+$/),
  { name: 'blkparse', bears: (line) => isEvent(parseBlkparseLine(line)), parser: () => parseBlkparseLine },
  { name: 'biosnoop', bears: isBiosnoopHeader, parser: biosnoopParser },
  { name: 'bpftrace', bears: (line) => typeof parseFieldsLine(line) === 'object', parser: () => parseFieldsLine },
]
