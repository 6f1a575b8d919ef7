// The names in a dump folder, in one table: of whoever reads one, writes one, replaces one, or puts something beside a ring.
import { PACKING_SUFFIXES, withoutPacking } from './packing-names.ts'

export type MemberKind = 'ring' | 'indirect' | 'xenstore' | 'grant-table' | 'io-ring' | 'data' | 'origin' | 'scenario'

/** A file of a dump folder, as its name tells it. */
export interface Member {
  readonly kind: MemberKind
  /** NNN of ring-NNN.bin, and of what belongs to that moment alone. */
  readonly moment: number | undefined
  /** The grant reference of a page. */
  readonly gref: number | undefined
  /** The name without what a packing adds to it. */
  readonly unpacked: string
}

/** Pages are raw, or hexdumps of them. */
const FORMS = ['bin', 'txt', 'hex'] as const
const PAGES = `(?:${FORMS.join('|')})`

/** The files of a dump folder. Each name may have the suffix of a packing behind it. */
const MEMBERS: readonly { readonly kind: MemberKind; readonly name: RegExp }[] = [
  { kind: 'ring', name: new RegExp(`^ring(?:-(?<moment>\\d+))?\\.${PAGES}$`) },
  { kind: 'indirect', name: new RegExp(`^(?:ring(?:-(?<moment>\\d+))?\\.)?indirect-(?<gref>\\d+)\\.${PAGES}$`) },
  { kind: 'data', name: new RegExp(`^(?:ring(?:-(?<moment>\\d+))?\\.)?data-(?<gref>\\d+)\\.${PAGES}$`) },
  { kind: 'xenstore', name: /^xenstore\.txt$/ },
  { kind: 'grant-table', name: /^gnttab\.bin$/ },
  { kind: 'io-ring', name: /^io_ring$/ },
  { kind: 'origin', name: /^origin\.txt$/ },
  { kind: 'scenario', name: /^scenario\.json$/ },
]
const QUEUE = /^queue-(\d+)$/

export const RING = 'ring.bin'
export const RING_TEXT = 'ring.txt'
export const XENSTORE = 'xenstore.txt'
export const ORIGIN = 'origin.txt'
export const SCENARIO = 'scenario.json'

/** What the name of a file says that it is in a dump folder; undefined for a name that no file of a dump has. */
export function memberOf(name: string): Member | undefined {
  const unpacked = withoutPacking(name)
  for (const { kind, name: pattern } of MEMBERS) {
    const found = pattern.exec(unpacked)
    if (!found) continue
    const { moment, gref } = found.groups ?? {}
    return { kind, moment: numberIn(moment), gref: numberIn(gref), unpacked }
  }
  return undefined
}

function numberIn(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits)
}

/** Whether a path is called as a file of raw pages: with a slash behind it, it is a folder. */
export function isRawName(path: string): boolean {
  return /\.bin$/i.test(path)
}

/** N of the folder queue-N; undefined for other names. */
export function queueOfFolder(name: string): number | undefined {
  return numberIn(QUEUE.exec(name)?.[1])
}

/** The dump folder of a queue, from the path of the queue's only ring; another path as it is. */
export function dumpOfQueue(path: string): string {
  const parts = path.split('/')
  const [queue = '', name = ''] = parts.slice(-2)
  const ring = memberOf(name)
  const isOfQueue = parts.length > 2 && queueOfFolder(queue) !== undefined && ring?.kind === 'ring' && ring.moment === undefined
  return isOfQueue ? parts.slice(0, -2).join('/') : path
}

/** A folder that a dump has for one of its queues. */
export function queueFolder(queue: number): string {
  return `queue-${queue}`
}

/** Pages that requests name: of segments, or of data. */
export type PageKind = 'indirect' | 'data'

/** The page of a request's segments. @param ring the name of the ring whose moment alone it belongs to, without its suffix */
export function indirectName(gref: number, ring?: string): string {
  return `${ring === undefined ? '' : `${ring}.`}indirect-${gref}.bin`
}

/** The page of data that a segment names: of writes what is to reach the disk. */
export function dataName(gref: number): string {
  return `data-${gref}.bin`
}

/** Where the page of a ring's request is looked for: of the ring's moment alone first, then of the folder; raw before text. */
export function pageNames(kind: PageKind, gref: number, ring: string): string[] {
  const stem = withoutPacking(ring).replace(/\.\w+$/, '')
  const names = [`${stem}.${kind}-${gref}`, `${kind}-${gref}`]
  return names.flatMap((name) => FORMS.flatMap((form) => ['', ...PACKING_SUFFIXES].map((suffix) => `${name}.${form}${suffix}`)))
}

/** Whether a folder that holds something of that name is a dump folder: a ring, or a queue. */
export function tellsDump(name: string): boolean {
  return memberOf(name)?.kind === 'ring' || queueOfFolder(name) !== undefined
}

/** Whether a path below a dump folder is one of its files: beside its ring, or in the folder of a queue. */
export function isDumpPath(path: string): boolean {
  const parts = path.split('/')
  return (
    parts.length <= 2 && memberOf(parts.at(-1)!) !== undefined && (parts.length === 1 || queueOfFolder(parts[0]!) !== undefined)
  )
}
