// Block requests out of a trace of any format.
import { isBiosnoopHeader, saysSectors } from './biosnoop.ts'
import { FORMATS, type FormatRow, type TraceFormat } from './formats.ts'
import type { RequestEvent } from './ftrace.ts'
import type { TimedRequest } from './parsed-line.ts'

/** The requests of one device in a trace of the block layer, and how much else the trace has. */
export interface BlockTrace {
  readonly format: TraceFormat
  /** The device whose requests these are: `major,minor`, and of biosnoop the name of the disk. */
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

/** @param device as the trace has it, `major,minor` or a name; without it the device whose request is issued first */
export function parseBlockTrace(text: string, device?: string): BlockTrace {
  const format = formatOf(text)
  const parseLine = format.parser()
  const read: (RequestEvent | TimedRequest)[] = []
  const skippedLines: number[] = []
  let [number, otherEvents, skipped] = [0, 0, 0]
  for (const line of lines(text)) {
    number++
    const event = parseLine(line)
    if (event === 'empty') continue
    if (event === 'unknown') {
      skipped++
      if (skipped <= MAX_SKIPPED_LINES) skippedLines.push(number)
    } else if (event === 'other' || event.type === 'grant' || event.type === 'endgrant') otherEvents++
    else read.push(event)
  }
  const all = eventsOf(read)
  // A completion can stand before the first request of its device.
  const wanted = device ?? all.find(({ type }) => type === 'issue')?.device
  if (wanted === undefined)
    throw new TraceError(
      'no request is issued in it: neither D lines of blkparse, nor block_rq_issue of ftrace, trace-cmd, perf script or bpftrace, nor lines of biosnoop',
    )
  const events = all.filter((event) => event.device === wanted)
  if (!events.some((e) => e.type === 'issue')) throw new TraceError(`no request is issued to device ${wanted}${others(all)}`)
  return {
    format: format.name,
    device: wanted,
    events,
    otherDevices: all.length - events.length,
    otherEvents,
    skipped,
    skippedLines,
  }
}

/** Devices that an error names. */
const MAX_NAMED_DEVICES = 8

function others(events: readonly RequestEvent[]): string {
  const devices = [...new Set(events.map(({ device }) => device))].sort()
  const more = devices.length - MAX_NAMED_DEVICES
  const named = devices.slice(0, MAX_NAMED_DEVICES).join(' ')
  return devices.length === 0 ? '' : `; there are ${named}${more > 0 ? ` and ${more} more` : ''}`
}

/** The format of a trace, by its first line that is of one; blkparse where none is. */
function formatOf(text: string): FormatRow {
  for (const line of lines(text)) {
    if (isBiosnoopHeader(line) && !saysSectors(line)) throw new TraceError(NO_SECTORS)
    const row = FORMATS.find(({ bears }) => bears(line))
    if (row) return row
  }
  return FORMATS.find(({ name }) => name === 'blkparse')!
}

const NO_SECTORS =
  'biosnoop.bt prints neither sectors nor lengths: bcc has a biosnoop that does, and so has perf record -e block:block_rq_issue,block:block_rq_complete -a, then perf script'

/** Requests that one line tells whole, as the events that they were, in the order of their times. */
function eventsOf(all: readonly (RequestEvent | TimedRequest)[]): readonly RequestEvent[] {
  if (!all.some(({ type }) => type === 'whole')) return all as RequestEvent[]
  const timed = all.flatMap((event) => {
    if (event.type !== 'whole') return []
    const { issued, completed, device, rwbs, sector, nrSectors } = event
    const request = { device, rwbs, sector, nrSectors }
    return [
      { at: issued, event: { ...request, type: 'issue' } as const },
      { at: completed, event: { ...request, type: 'complete' } as const },
    ]
  })
  return timed.sort((a, b) => a.at - b.at).map(({ event }) => event)
}

function* lines(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at)
    const stop = end === -1 ? text.length : end
    const line = text.slice(at, stop > at && text[stop - 1] === '\r' ? stop - 1 : stop)
    // As a mail quotes it.
    yield line.startsWith('>') ? line.replace(/^(?:> ?){1,16}/, '') : line
    at = stop + 1
  }
}
