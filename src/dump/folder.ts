// A dump folder: ring.bin, or queue-N/ring.bin, or a series ring-NNN.bin; beside them indirect-GREF.bin, in a series also
// ring-NNN.indirect-GREF.bin, and xenstore.txt.
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Finding } from '../codec/ring/finding.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { XenstoreNodes } from '../codec/xen/xenbus.ts'
import { chooseDevice } from './device.ts'
import { DumpError, ioProblem } from './dump-error.ts'
import { type OpenInput, readRings } from './raw-pages.ts'
import type { RingDump } from './ring-dump.ts'
import { parseXenstore } from './xenstore.ts'

/** Names of rings in a dump folder. */
export const RING = /^ring(?:-\d+)?\.bin$/
const QUEUE = /^queue-(\d+)$/
export const XENSTORE = 'xenstore.txt'
const INDIRECT = /^(?:ring(?:-\d+)?\.)?indirect-\d+\.bin$/
const XENSTORE_LIMIT = 16 * 2 ** 20

export interface LoadOptions {
  /** Pages of one ring; without it a file is one ring. */
  readonly pages?: number | undefined
  /** Called with what cannot be read, while the rest goes on. Without it the first such error is thrown. */
  readonly onError?: (error: DumpError) => void
  /** The input, a file or standard input, where it is open already. */
  readonly opened?: OpenInput | undefined
}

/**
 * The rings of an input, one at a time: a dump folder, a file of raw pages, or `-`. A ring.bin or ring-NNN.bin that is
 * named itself has the indirect pages and the XenStore text of its folder.
 */
export function* loadDumps(input: string, options: LoadOptions = {}): Generator<RingDump> {
  for (const queue of openQueues(input, options)) yield* queue
}

/** The same, queue by queue: each gives its rings from the first moment to the last. */
export function openQueues(input: string, options: LoadOptions = {}): Generator<RingDump>[] {
  try {
    if (input === '-') return [guarded(rings(input, NO_SURROUNDINGS, options), options)]
    if (isDirectory(input)) return openFolder(input, options)
    const surroundings = RING.test(basename(input)) ? surroundingsOf(dirname(input), options) : NO_SURROUNDINGS
    return [guarded(rings(input, surroundings, options), options)]
  } catch (error) {
    fail(error, options)
    return []
  }
}

function* guarded(dumps: Generator<RingDump>, options: LoadOptions): Generator<RingDump> {
  try {
    yield* dumps
  } catch (error) {
    fail(error, options)
  }
}

/** Whether a ring of that name would be read with other files of its folder. */
export function hasSurroundings(folder: string, name: string): boolean {
  if (!RING.test(name)) return false
  try {
    return readdirSync(folder).some((other) => other === XENSTORE || INDIRECT.test(other))
  } catch {
    return false
  }
}

/** What lies around a ring. */
interface Surroundings {
  readonly folder: string | undefined
  readonly queue: number | undefined
  readonly devices: readonly XenstoreNodes[] | undefined
}

const NO_SURROUNDINGS: Surroundings = { folder: undefined, queue: undefined, devices: undefined }

/** ring.bin and the series in the order of its numbers, then the queues. */
function openFolder(folder: string, options: LoadOptions): Generator<RingDump>[] {
  const entries = list(folder)
  const queues = entries.filter((name) => QUEUE.test(name) && holdsFolder(folder, name)).sort((a, b) => queueOf(a)! - queueOf(b)!)
  const files = entries.filter((name) => RING.test(name)).sort((a, b) => numberOf(a) - numberOf(b))
  if (files.length + queues.length === 0)
    throw new DumpError(folder, 'no ring.bin, ring-NNN.bin or queue-N/ in it', whereRingsAre(folder, entries))
  const own = files.length > 0 ? [ringsOfFolder(folder, files, options)] : []
  return [...own, ...queues.flatMap((name) => openQueues(join(folder, name), options))]
}

/** A file that cannot be read keeps its place in the series. */
function* ringsOfFolder(folder: string, files: readonly string[], options: LoadOptions): Generator<RingDump> {
  const surroundings = surroundingsOf(folder, options)
  let snapshot = 0
  for (const name of files) {
    try {
      const path = join(folder, name)
      if (!statSync(path).isFile()) throw new DumpError(path, 'is no regular file')
      for (const dump of rings(path, surroundings, options)) yield { ...dump, snapshot: snapshot++ }
    } catch (error) {
      snapshot++
      fail(error, options, join(folder, name))
    }
  }
}

function fail(error: unknown, { onError }: LoadOptions, path?: string): void {
  const known = error instanceof DumpError || path === undefined ? error : new DumpError(path, ioProblem(error))
  if (!onError || !(known instanceof DumpError)) throw known
  onError(known)
}

/** ring.bin before all numbers. */
function numberOf(name: string): number {
  return Number(/^ring-(\d+)\.bin$/.exec(name)?.[1] ?? -1)
}

/** Whether a file of that name is one snapshot of a series. */
export function isOfSeries(name: string): boolean {
  return numberOf(name) >= 0
}

function surroundingsOf(folder: string, options: LoadOptions): Surroundings {
  const queue = queueOf(basename(resolve(folder)))
  const devices = readXenstore(folder, options) ?? (queue === undefined ? undefined : readXenstore(join(folder, '..'), options))
  return { folder, queue, devices }
}

function* rings(source: string, { folder, queue, devices }: Surroundings, options: LoadOptions): Generator<RingDump> {
  const indirectPages = {
    get: (gref: number) => (folder === undefined ? undefined : readIndirectPage(folder, basename(source), gref)),
  }
  let snapshot = 0
  const number = options.pages === undefined && numberOf(basename(source)) >= 0 ? numberOf(basename(source)) : undefined
  for (const bytes of readRings(source, options.pages, options.opened)) {
    const named = options.pages === undefined ? source : `${source}[${snapshot}]`
    const { device, rivals } = chooseDevice(devices ?? [], bytes, queue)
    const findings = devices ? xenstoreFindings(devices, rivals) : []
    yield { source: named, queue, snapshot: snapshot++, number, bytes, indirectPages, xenstore: device, findings }
  }
}

function xenstoreFindings(devices: readonly XenstoreNodes[], rivals: number): Finding[] {
  if (devices.length === 0)
    return [{ code: 'xenstore-empty', message: `${XENSTORE} names no block device: is it the output of xenstore-ls?` }]
  if (rivals === 0) return []
  return [{ code: 'xenstore-ambiguous', message: `${XENSTORE} names ${rivals + 1} devices that fit this ring; the first is taken` }]
}

/** A page of its own for the snapshot, else that of the folder; undefined where no readable file is. */
function readIndirectPage(folder: string, ring: string, gref: number): Uint8Array | undefined {
  const name = `indirect-${gref}.bin`
  return readPage(join(folder, ring.replace(/bin$/, name))) ?? readPage(join(folder, name))
}

/** As much of the page as there is. */
function readPage(path: string): Uint8Array | undefined {
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

function readXenstore(folder: string, options: LoadOptions): readonly XenstoreNodes[] | undefined {
  const path = join(folder, XENSTORE)
  try {
    const stat = statSync(path)
    if (!stat.isFile()) throw new DumpError(path, 'is no regular file')
    if (stat.size > XENSTORE_LIMIT) throw new DumpError(path, `${stat.size} bytes are too many for the text of xenstore-ls`)
    return parseXenstore(readFileSync(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') fail(error, options, path)
    return undefined
  }
}

function whereRingsAre(folder: string, entries: readonly string[]): string {
  const below = entries.filter((name) => {
    return holdsFolder(folder, name) && list(join(folder, name)).some((n) => RING.test(n) || QUEUE.test(n))
  })
  if (below.length > 0) return `rings are below it: ${below.map((name) => join(folder, name)).join(' ')}`
  return 'name a dump folder or a file of raw pages'
}

function queueOf(name: string): number | undefined {
  const match = QUEUE.exec(name)
  return match ? Number(match[1]) : undefined
}

function holdsFolder(folder: string, name: string): boolean {
  return statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory() ?? false
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
