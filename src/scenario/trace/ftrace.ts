// The text of Linux's ftrace, of `trace-cmd report` and of `perf script`, with the block events and two kprobes of the grant table. What
// stands before the name of an event is each tool's own; what stands behind it is the kernel's:
//   iot-68  [000] .....  66.601795: block_rq_issue: 202,0 R 131072 () 2048 + 256 [iot]          ftrace, newer trace-cmd
//   dd-998  [002]  8213.121001: block_rq_issue:       202,0 R 45056 () 2048 + 88 [dd]            trace-cmd report
//   dd   998 [002]  8213.121001: block:block_rq_issue: 202,0 R 45056 () 2048 + 88 [dd]           perf script
//   iot-68  [000] d....  66.602147: grant: (gnttab_grant_foreign_access_ref+0x0/0x30) ref=181 domid=0 frame=313152 readonly=0

/** A request that was handed to the driver, or that it ended. */
export interface RequestEvent {
  /** `issue`: handed to the driver; `complete`: ended by it. */
  readonly type: 'issue' | 'complete'
  /** The device, `major,minor`. */
  readonly device: string
  /** Letters of blktrace: R W D(iscard) F(lush), then F(UA) S(ync) and others. */
  readonly rwbs: string
  readonly sector: bigint
  /** The number of sectors, of 512 bytes. */
  readonly nrSectors: number
}

export interface GrantEvent {
  readonly type: 'grant'
  readonly gref: number
  /** Guest frame of 4096 bytes. */
  readonly gfn: number
  readonly readonly: boolean
}

export interface EndGrantEvent {
  readonly type: 'endgrant'
  readonly gref: number
}

export type FtraceEvent = RequestEvent | GrantEvent | EndGrantEvent

/** From the time to the name; perf may print the period between them. */
const LINE = /(?<!\d)\d{1,12}\.\d{1,9}:\s{1,64}(?:\d{1,19} )?(?:(\w{1,64}):)?(\w{1,64}):\s/
/** What ftrace has before it: the processor, and letters for the state of interrupts. */
const WITH_FLAGS = /\[\d{1,8}\]\s{1,16}[^\s[\]]{1,16}\s{1,32}$/
/** What all of them have before it. */
const PROCESS = /^\s*\S.{0,255}?(?:-\d{1,10}|\s\d{1,10}(?:\/\d{1,10})?)\s/
const NAMES: ReadonlySet<string> = new Set(['block_rq_issue', 'block_rq_complete', 'grant', 'endgrant'])
const REQUEST = /^(\d{1,10},\d{1,10}) ([A-Z]{1,16}) (?:\d+ )?\(.*?\) (\d{1,20}) \+ (\d{1,16}) /
const GRANT = /ref=(\d{1,10}) domid=\d+ frame=(\d{1,16}) readonly=(\d)/
const END = /ref=(\d{1,10})(?!\d)/
export const U64_END = 2n ** 64n

/** The events in the order of the text; `skipped` counts lines that are neither comments nor understood. */
export function parseFtrace(text: string): { readonly events: FtraceEvent[]; readonly skipped: number } {
  const events: FtraceEvent[] = []
  let skipped = 0
  for (const line of text.split('\n')) {
    const event = parseFtraceLine(line)
    if (event === 'unknown' || event === 'other') skipped++
    else if (event !== 'empty') events.push(event)
  }
  return { events, skipped }
}

/** `empty`: a comment, or nothing at all. `other`: an event of another kind. */
export function parseFtraceLine(line: string): FtraceEvent | 'empty' | 'other' | 'unknown' {
  if (line.trim() === '' || line.startsWith('#') || /^cpus=\d+$/.test(line)) return 'empty'
  const found = tracepointOf(line)
  if (!found) return 'unknown'
  if (!NAMES.has(found.name)) return 'other'
  return parseEvent(found.name, found.rest) ?? 'unknown'
}

/** Who prints the events of tracepoints. */
export type TracepointStyle = 'ftrace' | 'perf script' | 'trace-cmd report'

/** Which tool printed the line of an event; undefined where none did. */
export function tracepointStyle(line: string): TracepointStyle | undefined {
  const found = line.startsWith('#') ? undefined : tracepointOf(line)
  if (!found) return undefined
  if (found.system !== undefined) return 'perf script'
  return WITH_FLAGS.test(found.before.slice(-64)) ? 'ftrace' : 'trace-cmd report'
}

interface Tracepoint {
  readonly before: string
  readonly system: string | undefined
  readonly name: string
  readonly rest: string
}

function tracepointOf(line: string): Tracepoint | undefined {
  const found = LINE.exec(line)
  if (!found) return undefined
  const [head, system, name] = found
  const before = line.slice(0, found.index)
  const rest = line.slice(found.index + head.length).trimStart()
  return PROCESS.test(before.slice(0, 512)) ? { before, system, name: name!, rest } : undefined
}

function parseEvent(name: string, rest: string): FtraceEvent | undefined {
  switch (name) {
    case 'block_rq_issue':
    case 'block_rq_complete': {
      const [, device, rwbs, sector, count] = REQUEST.exec(rest) ?? []
      if (device === undefined) return undefined
      const type = name === 'block_rq_issue' ? 'issue' : 'complete'
      const request = { type, device, rwbs: rwbs!, sector: BigInt(sector!), nrSectors: Number(count) } as const
      return request.sector < U64_END && Number.isSafeInteger(request.nrSectors) ? request : undefined
    }
    case 'grant': {
      const [, gref, frame, readonly] = GRANT.exec(rest) ?? []
      return gref === undefined ? undefined : { type: 'grant', gref: Number(gref), gfn: Number(frame), readonly: readonly === '1' }
    }
    case 'endgrant': {
      const [, gref] = END.exec(rest) ?? []
      return gref === undefined ? undefined : { type: 'endgrant', gref: Number(gref) }
    }
    default:
      return undefined
  }
}
