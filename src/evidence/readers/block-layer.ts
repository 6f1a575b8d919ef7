// What the kernel's block layer counts: busy lists and tags of blk-mq in debugfs, inflight and stat of sysfs, /proc/diskstats. Of a
// guest's disk they are requests that were given to blkfront; of others they are the storage below a backend.
import type { Paste, Reading } from '../reader.ts'
import type { BusyStatement, Statement } from '../statement.ts'
import { diskIn, isFrontendDisk, pathOfTitle, placed } from './place.ts'

/** A request of a busy list (block/blk-mq-debugfs.c). */
const BUSY = /^[0-9a-f]{8,16} \{\.op=(?<op>\w+),.{0,400}\.state=(?<state>\w+)/
const HCTX = /hctx(?<queue>\d{1,4})(?:\/|$)/
const TAKEN = /^busy=(?<busy>\d{1,9})$/
/** Two numbers, reads and writes. */
const INFLIGHT = /^\s*(?<reads>\d{1,9})\s+(?<writes>\d{1,9})\s*$/
/** /sys/block/X/stat and /proc/diskstats: the ninth number is what is in flight. */
const STAT = /^\s*(?:\d+\s+){8}(?<inflight>\d{1,9})(?:\s+\d+){2,8}\s*$/
const DISKSTATS = /^\s*(?<major>\d{1,4})\s+(?<minor>\d{1,7})\s+(?<disk>[a-z][\w!-]{1,31})(?<stat>(?:\s+\d+){11,17})\s*$/

interface Counted {
  readonly disk: string | undefined
  readonly queue: number | undefined
  readonly line: number
  readonly lines: number[]
  readonly ops: Map<string, number>
  requests: number
  /** Requests of the list that the driver was not given yet. */
  idle: number
}

export function* blockLayerReader({ source, lines }: Paste): Generator<Reading> {
  let title = ''
  const lists = new Map<string, Counted>()
  for (const { text, number } of lines) {
    const named = pathOfTitle(text)
    if (named !== undefined) {
      title = named
      continue
    }
    const { path, rest } = placed(text, title)
    const disk = diskIn(path) ?? diskIn(source)
    const queue = HCTX.exec(path)?.groups?.['queue']
    const of = { disk, queue: queue === undefined ? undefined : Number(queue) }
    const busy = BUSY.exec(rest)?.groups
    if (busy) {
      const key = JSON.stringify(of)
      const list: Counted = lists.get(key) ?? { ...of, line: number, lines: [], ops: new Map(), requests: 0, idle: 0 }
      lists.set(key, list)
      list.lines.push(number)
      if (busy['state'] === 'idle') list.idle++
      else {
        list.requests++
        list.ops.set(busy['op']!, (list.ops.get(busy['op']!) ?? 0) + 1)
      }
      continue
    }
    const statement = countIn({ source, line: number, path, rest, of })
    if (statement) yield { statement, lines: [number] }
  }
  for (const { disk, queue, line, lines, ops, requests, idle } of lists.values())
    yield { statement: { kind: 'busy', source, line, of: { disk, queue }, by: 'list', requests, idle, ops }, lines }
}

interface Line extends Pick<BusyStatement, 'source' | 'of'> {
  readonly line: number
  readonly path: string
  readonly rest: string
}

function countIn({ source, line, path, rest, of }: Line): Statement | undefined {
  const taken = TAKEN.exec(rest)?.groups
  // Tags of the scheduler are of requests that may wait above the driver.
  if (taken && /sched/.test(path)) return undefined
  if (taken) return { kind: 'busy', source, line, of, by: 'tags', requests: Number(taken['busy']) }
  const numbers = /inflight/.test(path) || of.disk !== undefined ? INFLIGHT.exec(rest)?.groups : undefined
  if (numbers) return inflight({ source, line, of }, Number(numbers['reads']) + Number(numbers['writes']))
  const row = DISKSTATS.exec(rest)?.groups
  if (row)
    return inflight(
      { source, line, of: { disk: row['disk'] } },
      Number(STAT.exec(row['stat']!)?.groups?.['inflight'] ?? Number.NaN),
      `${Number(row['major']).toString(16)}:${Number(row['minor']).toString(16)}`,
    )
  const stat = of.disk === undefined ? undefined : STAT.exec(rest)?.groups
  return stat && inflight({ source, line, of }, Number(stat['inflight']))
}

/** The same number is accounted in several files. */
function inflight(at: Pick<BusyStatement, 'source' | 'line' | 'of'>, requests: number, number?: string): Statement | undefined {
  if (Number.isNaN(requests)) return undefined
  const { disk } = at.of
  if (isFrontendDisk(disk)) return { kind: 'busy', ...at, of: { disk }, by: 'inflight', requests }
  return { kind: 'storage', ...at, of: {}, device: disk!, number, inflight: requests }
}
