// Block requests out of a trace of either kind.
import { parseBlkparseLine } from './blkparse.ts'
import { parseFtraceLine, type RequestEvent } from './ftrace.ts'

export type TraceFormat = 'blkparse' | 'ftrace'

export interface BlockTrace {
  readonly format: TraceFormat
  /** Of one device. */
  readonly device: string
  readonly events: readonly RequestEvent[]
  /** Events of other devices. */
  readonly otherDevices: number
  /** Lines that are not understood. */
  readonly skipped: number
}

/** A trace that has nothing to take. The message is one line. */
export class TraceError extends Error {
  constructor(problem: string) {
    super(problem)
    this.name = 'TraceError'
  }
}

/** @param device `major,minor`; without it the device whose request is issued first */
export function parseBlockTrace(text: string, device?: string): BlockTrace {
  const format = /: block_rq_|^# tracer:/m.test(text) ? 'ftrace' : 'blkparse'
  const parseLine = format === 'ftrace' ? parseFtraceLine : parseBlkparseLine
  const events: RequestEvent[] = []
  const devices = new Set<string>()
  let wanted = device
  let otherDevices = 0
  let skipped = 0
  for (const line of lines(text)) {
    const event = parseLine(line)
    if (event === 'unknown') skipped++
    if (typeof event === 'string' || (event.type !== 'issue' && event.type !== 'complete')) continue
    devices.add(event.device)
    if (event.type === 'issue') wanted ??= event.device
    if (wanted === undefined) continue
    if (event.device === wanted) events.push(event)
    else otherDevices++
  }
  if (wanted === undefined)
    throw new TraceError('no request is issued in it: neither D lines of blkparse nor block_rq_issue of ftrace')
  if (!events.some((e) => e.type === 'issue'))
    throw new TraceError(
      `no request is issued to device ${wanted}${devices.size > 0 ? `; there are ${[...devices].sort().join(' ')}` : ''}`,
    )
  return { format, device: wanted, events, otherDevices, skipped }
}

function* lines(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at)
    const stop = end === -1 ? text.length : end
    yield text.slice(at, text[stop - 1] === '\r' ? stop - 1 : stop)
    at = stop + 1
  }
}
