// Stacks of kernel threads and tasks: /proc/PID/stack with its name before it, sysrq-w or sysrq-t in a log, crash's `bt`.
import type { Paste, PastedLine, Reading } from '../reader.ts'
import type { Subject, ThreadStatement } from '../statement.ts'

/** A frame of /proc/PID/stack, of a log, of crash. */
const FRAME =
  /^\s*(?:\[<[0-9a-f]+>\] )?(?:#\d+ \[[0-9a-f]+\] )?(?<unsure>\? )?(?<name>[A-Za-z_][\w.]*)(?:\+0x[0-9a-f]+\/0x[0-9a-f]+| at [0-9a-f]{8,16})(?: \[(?<module>\w+)\])?\s*$/
/** The name of a thread of blkback: domain, disk, queue. Before Linux 4.5 without the queue. */
const BLKBACK = /^(?:blkback\.)?(?<domid>\d{1,5})\.(?<disk>[A-Za-z][\w.]{0,20}?)(?:-(?<queue>\d{1,4}))?$/
const NAMES = [
  /^Name:\s+(?<name>\S+)$/,
  /^task:(?<name>\S+)\s+state:/,
  /^PID: +\d+ +TASK: +\S+ +CPU: +\d+ +COMMAND: +"(?<name>[^"]{1,64})"/,
  /^={2,3} ?(?:\d+ )?(?<name>\S+?)(?: ={2,3})?$/,
  /^(?<name>[\w./:+-]{1,40})\s+[RSDTZXIKWP]\s/,
  /^(?<name>[\w./:+-]{1,40})$/,
]
/** Between the name and the first frame: the call trace's heading, a state, a command. */
const BETWEEN = /^\s*(?:Call Trace:|<TASK>|State:|#|\$|\/proc|==>|Workqueue:|RIP:|R[ABCDS][A-Z]?:|ORIG_RAX|Tgid:|Pid:|PPid:)|^\s*$/
/** A stack has no more frames that count. */
const MAX_FRAMES = 64
/** Further from its first frame a name is somebody else's. */
const MAX_GAP = 6

export function* stackReader({ source, lines }: Paste): Generator<Reading> {
  let name: { readonly name: string; readonly line: PastedLine } | undefined
  let frames: string[] = []
  let used: number[] = []
  const others = new Map<string, number>()
  const othersUsed: number[] = []
  for (const line of withEnd(lines)) {
    const frame = line && frameOf(line.text)
    if (line && frame !== undefined) {
      if (frames.length < MAX_FRAMES) frames.push(frame)
      used.push(line.number)
      continue
    }
    if (line && frames.length > 0 && /^\s*(?:<\/?TASK>|\? )/.test(line.text)) continue
    if (frames.length > 0) {
      const known = name && used[0]! - name.line.number <= MAX_GAP ? name : undefined
      const statement = threadOf(source, known?.name ?? '', frames, known?.line.number ?? used[0]!)
      const taken = known ? [known.line.number, ...used] : used
      if (statement) yield { statement, lines: taken }
      else {
        const name = taskOf(known?.name ?? '')
        others.set(name, (others.get(name) ?? 0) + 1)
        for (const number of taken) othersUsed.push(number)
      }
      ;[frames, used, name] = [[], [], undefined]
    }
    if (!line) break
    const named = nameIn(line.text)
    if (named !== undefined) name = { name: named, line }
    else if (!BETWEEN.test(line.text)) name = undefined
  }
  if (others.size > 0) yield { statement: { kind: 'tasks', source, line: othersUsed[0], of: {}, tasks: others }, lines: othersUsed }
}

/** The lines, and undefined behind the last. */
function* withEnd(lines: Iterable<PastedLine>): Generator<PastedLine | undefined> {
  yield* lines
  yield undefined
}

/** A task without its number: `dd:116`. */
function taskOf(name: string): string {
  return name.replace(/:\d+$/, '')
}

/** The function of a frame; empty for one that the unwinder was not sure of; undefined for another line. */
function frameOf(text: string): string | undefined {
  if (text.length > 200) return undefined
  const found = FRAME.exec(text)?.groups
  return found && (found['unsure'] ? '' : found['name']!)
}

function nameIn(text: string): string | undefined {
  if (text.length > 200) return undefined
  const line = text.trim()
  for (const pattern of NAMES) {
    const name = pattern.exec(line)?.groups?.['name']
    if (name !== undefined) return name
  }
  return undefined
}

/** What a stack says of a ring: that of a thread of blkback, and of whoever waits in the guest's block layer. */
function threadOf(source: string, thread: string, all: readonly string[], line: number): ThreadStatement | undefined {
  const frames = all.filter((frame) => frame !== '')
  const found = BLKBACK.exec(thread)?.groups
  const isBlkback = frames.some((frame) => frame.startsWith('xen_blkif_schedule'))
  if (!isBlkback) return undefined
  const of: Subject = found
    ? {
        domid: Number(found['domid']),
        disk: found['disk'],
        queue: found['queue'] === undefined ? undefined : Number(found['queue']),
      }
    : {}
  return { kind: 'thread', source, line, of, thread, side: 'backend', frames }
}
