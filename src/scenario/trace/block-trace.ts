// Block requests out of a trace of either kind.
import { parseBlkparseLine } from './blkparse.ts'
import { parseFtraceLine, type RequestEvent } from './ftrace.ts'

export type TraceFormat = 'blkparse' | 'ftrace'

/** The requests of one device in a trace of the block layer, and how much else the trace has. */
export interface BlockTrace {
  readonly format: TraceFormat
  /** The device whose requests these are. */
  readonly device: string
  readonly events: readonly RequestEvent[]
  /** Events of other devices. */
  readonly otherDevices: number
  /** Lines of other kinds of events: queued, merged, granted. */
  readonly otherEvents: number
  /** Lines that are not understood. */
  readonly skipped: number
  /** Numbers of the first of them, from 1. */
  readonly skippedLines: readonly number[]
}

/** Lines that are not understood and whose numbers are told. */
const MAX_SKIPPED_LINES = 8

/** A trace that has nothing to take. The message is one line. */
export class TraceError extends Error {
  constructor(problem: string) {
    super(problem)
    this.name = 'TraceError'
  }
}

/** @param device `major,minor`; without it the device whose request is issued first */
export function parseBlockTrace(text: string, device?: string): BlockTrace {
  const format = formatOf(text)
  const parseLine = format === 'ftrace' ? parseFtraceLine : parseBlkparseLine
  const all: RequestEvent[] = []
  const skippedLines: number[] = []
  let [number, otherEvents, skipped] = [0, 0, 0]
  for (const line of lines(text)) {
    number++
    const event = parseLine(line)
    if (event === 'empty') continue
    if (event === 'unknown') {
      skipped++
      if (skipped <= MAX_SKIPPED_LINES) skippedLines.push(number)
    } else if (event === 'other' || (event.type !== 'issue' && event.type !== 'complete')) otherEvents++
    else all.push(event)
  }
  // A completion can stand before the first request of its device.
  const wanted = device ?? all.find(({ type }) => type === 'issue')?.device
  if (wanted === undefined)
    throw new TraceError('no request is issued in it: neither D lines of blkparse nor block_rq_issue of ftrace')
  const events = all.filter((event) => event.device === wanted)
  if (!events.some((e) => e.type === 'issue')) throw new TraceError(`no request is issued to device ${wanted}${others(all)}`)
  return { format, device: wanted, events, otherDevices: all.length - events.length, otherEvents, skipped, skippedLines }
}

/** Devices that an error names. */
const MAX_NAMED_DEVICES = 8

function others(events: readonly RequestEvent[]): string {
  const devices = [...new Set(events.map(({ device }) => device))].sort()
  const more = devices.length - MAX_NAMED_DEVICES
  const named = devices.slice(0, MAX_NAMED_DEVICES).join(' ')
  return devices.length === 0 ? '' : `; there are ${named}${more > 0 ? ` and ${more} more` : ''}`
}

/** The format of a trace, by its first line that is of either kind. */
function formatOf(text: string): TraceFormat {
  for (const line of lines(text)) {
    if (line.startsWith('# tracer:') || isEvent(parseFtraceLine(line))) return 'ftrace'
    if (isEvent(parseBlkparseLine(line))) return 'blkparse'
  }
  return 'blkparse'
}

function isEvent(parsed: unknown): boolean {
  return parsed !== 'empty' && parsed !== 'unknown'
}

function* lines(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at)
    const stop = end === -1 ? text.length : end
    yield text.slice(at, stop > at && text[stop - 1] === '\r' ? stop - 1 : stop)
    at = stop + 1
  }
}
