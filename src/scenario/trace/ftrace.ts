// The text of Linux's ftrace with the block events and two kprobes of the grant table:
//   iot-68  [000] .....  66.601795: block_rq_issue: 202,0 R 131072 () 2048 + 256 [iot]
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

const LINE = /^\s*\S.*\[\d+\]\s+\S+\s+\d+\.\d+: (\w+): (.*)$/
const NAMES: ReadonlySet<string> = new Set(['block_rq_issue', 'block_rq_complete', 'grant', 'endgrant'])
const REQUEST = /^(\d{1,10},\d{1,10}) ([A-Z]{1,16}) (?:\d+ )?\(.*?\) (\d{1,20}) \+ (\d{1,16}) /
const GRANT = /ref=(\d{1,10}) domid=\d+ frame=(\d{1,16}) readonly=(\d)/
const END = /ref=(\d{1,10})(?!\d)/
const U64_END = 2n ** 64n

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
  if (line.trim() === '' || line.startsWith('#')) return 'empty'
  const [, name, rest] = LINE.exec(line) ?? []
  if (name === undefined) return 'unknown'
  if (!NAMES.has(name)) return 'other'
  return parseEvent(name, rest!) ?? 'unknown'
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
