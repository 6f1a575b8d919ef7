// A dump folder: ring.bin, or queue-N/ring.bin, or a series ring-NNN.bin; beside them indirect-GREF.bin and xenstore.txt.
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { DumpError, ioProblem } from './dump-error.ts'
import { readRings } from './raw-pages.ts'
import type { RingDump } from './ring-dump.ts'
import { type DeviceNodes, parseXenstore } from './xenstore.ts'

const RING = /^ring(?:-\d+)?\.bin$/
const QUEUE = /^queue-(\d+)$/
const XENSTORE = 'xenstore.txt'
const XENSTORE_LIMIT = 16 * 2 ** 20

export interface LoadOptions {
  /** Pages of one ring; without it a file is one ring. */
  readonly pages?: number | undefined
}

/**
 * The rings of an input, one at a time: a dump folder, a file of raw pages, or `-`. A file that lies in a dump folder
 * has that folder's indirect pages and XenStore text.
 */
export function* loadDumps(input: string, options: LoadOptions = {}): Generator<RingDump> {
  if (input === '-') yield* rings(input, undefined, undefined, undefined, options)
  else if (isDirectory(input)) yield* loadFolder(input, options)
  else if (RING.test(basename(input))) yield* loadRingFile(dirname(input), input, options)
  else yield* rings(input, undefined, undefined, undefined, options)
}

function* loadFolder(folder: string, options: LoadOptions): Generator<RingDump> {
  const entries = list(folder)
  const queues = entries
    .flatMap((name) => (QUEUE.test(name) && isDirectory(join(folder, name)) ? [{ name, n: queueOf(name)! }] : []))
    .sort((a, b) => a.n - b.n)
  if (queues.length > 0) {
    for (const { name } of queues) yield* loadFolder(join(folder, name), options)
    return
  }
  const files = ringFiles(entries)
  if (files.length === 0) throw new DumpError(folder, 'no ring.bin, ring-NNN.bin or queue-N/ in it', whereRingsAre(folder, entries))
  let snapshot = 0
  for (const name of files)
    for (const dump of loadRingFile(folder, join(folder, name), options)) yield { ...dump, snapshot: snapshot++ }
}

/** ring.bin, else the files of a series in the order of their numbers. */
function ringFiles(entries: readonly string[]): string[] {
  if (entries.includes('ring.bin')) return ['ring.bin']
  const number = (name: string) => Number(/\d+/.exec(name)![0])
  return entries.filter((name) => RING.test(name)).sort((a, b) => number(a) - number(b))
}

function* loadRingFile(folder: string, path: string, options: LoadOptions): Generator<RingDump> {
  const queue = queueOf(basename(folder))
  const xenstore = readXenstore(folder) ?? (queue === undefined ? undefined : readXenstore(dirname(folder)))
  yield* rings(path, queue, folder, xenstore, options)
}

function* rings(
  source: string,
  queue: number | undefined,
  folder: string | undefined,
  xenstore: DeviceNodes | undefined,
  options: LoadOptions,
): Generator<RingDump> {
  const indirectPages = { get: (gref: number) => (folder === undefined ? undefined : readIndirectPage(folder, gref)) }
  let snapshot = 0
  for (const bytes of readRings(source, options.pages))
    yield { source, queue, snapshot: snapshot++, bytes, indirectPages, xenstore }
}

/** The page, or as much of it as there is; undefined where no readable file is. */
function readIndirectPage(folder: string, gref: number): Uint8Array | undefined {
  const path = join(folder, `indirect-${gref}.bin`)
  try {
    // A pipe of that name would block.
    if (!statSync(path).isFile()) return undefined
    const fd = openSync(path, 'r')
    try {
      // One byte more than a page shows a file that is too long.
      const buffer = new Uint8Array(Math.min(fstatSync(fd).size, XEN_PAGE_SIZE + 1))
      return buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, 0))
    } finally {
      closeSync(fd)
    }
  } catch {
    return undefined
  }
}

function readXenstore(folder: string): DeviceNodes | undefined {
  const path = join(folder, XENSTORE)
  try {
    const stat = statSync(path)
    if (!stat.isFile()) return undefined
    if (stat.size > XENSTORE_LIMIT) throw new DumpError(path, `${stat.size} bytes are too many for the text of one device`)
    return parseXenstore(readFileSync(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error instanceof DumpError ? error : new DumpError(path, ioProblem(error))
  }
}

function whereRingsAre(folder: string, entries: readonly string[]): string {
  const below = entries.filter((name) => {
    const path = join(folder, name)
    return isDirectory(path) && list(path).some((n) => RING.test(n) || QUEUE.test(n))
  })
  if (below.length > 0) return `rings are below it: ${below.map((name) => join(folder, name)).join(' ')}`
  return 'name a dump folder or a file of raw pages'
}

function queueOf(name: string): number | undefined {
  const match = QUEUE.exec(name)
  return match ? Number(match[1]) : undefined
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    throw new DumpError(path, ioProblem(error))
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    throw new DumpError(folder, ioProblem(error))
  }
}
