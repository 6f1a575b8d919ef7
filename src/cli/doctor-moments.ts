// The inputs of `doctor`, each one moment or several: rings as `decode` reads them, and the text of io_ring.
import { closeSync, openSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Abi } from '../codec/struct/abi.ts'
import { type IoRing, IoRingError, isIoRing, type Moment, parseIoRing } from '../doctor/index.ts'
import { decodeDump } from '../dump/decode-dump.ts'
import { DumpError, ioProblem } from '../dump/dump-error.ts'
import { loadDumps } from '../dump/folder.ts'
import { readSome } from '../dump/read-some.ts'
import type { RingDump } from '../dump/ring-dump.ts'
import { displayName } from './display-name.ts'

export interface MomentOptions {
  readonly abi: Abi | undefined
  readonly pages: number | undefined
  readonly found?: ReadonlyMap<string, RingDump> | undefined
  readonly onError: (error: DumpError) => void
  /** What a reader should know of an input. */
  readonly onNote: (note: string) => void
}

const STDIN = 0
/** An io_ring is shorter, and so is what tells one. */
const HEAD = 4096
/** tapdisk writes it at most so often (drivers/td-blkif.c). */
const IO_RING_LAG = 5
const RING_FOLDER = /^(ring(-\d+)?\.bin|queue-\d+|io_ring)$/

export function* momentsOf(input: string, options: MomentOptions): Generator<Moment> {
  try {
    if (options.found?.has(input)) {
      yield* ofRings(input, input, options)
      return
    }
    if (input !== '-' && isFolder(input)) {
      yield* ofFolder(input, input, options)
      return
    }
    const head = headOf(input)
    if (isIoRing(head)) yield ofIoRing(head, input, input, options)
    else yield* ofRings(input, input, options, input === '-' ? head : undefined)
  } catch (error) {
    if (!(error instanceof DumpError)) throw error
    options.onError(error)
  }
}

/** A dump folder; or, where it is none, the dump folders in it, by the first number in their names. */
function* ofFolder(folder: string, input: string, options: MomentOptions): Generator<Moment> {
  const names = list(folder)
  if (names.includes('io_ring') && isFile(join(folder, 'io_ring'))) {
    const path = join(folder, 'io_ring')
    yield ofIoRing(headOf(path), path, input, options)
    return
  }
  const below = names.some((name) => RING_FOLDER.test(name))
    ? []
    : names.filter((name) => isFolder(join(folder, name)) && list(join(folder, name)).some((n) => RING_FOLDER.test(n)))
  if (below.length === 0) yield* ofRings(folder, input, options)
  const number = (name: string) => Number(/\d+/.exec(name)?.[0] ?? -1)
  for (const name of below.sort((a, b) => number(a) - number(b) || (a < b ? -1 : 1)))
    yield* ofFolder(join(folder, name), input, options)
}

function* ofRings(
  path: string,
  input: string,
  { abi, pages, found, onError }: MomentOptions,
  head?: Uint8Array,
): Generator<Moment> {
  for (const dump of loadDumps(path, { pages, onError, head, found })) yield ofRing(dump, input, abi)
}

function ofRing(dump: RingDump, input: string, abi: Abi | undefined): Moment {
  const { ring } = decodeDump(dump, abi)
  return {
    source: displayName(dump.source, input),
    queue: dump.queue,
    sring: ring.sring,
    nr_ents: ring.geometry.nr_ents,
    shown: { ring, bytes: dump.bytes, indirectPages: dump.indirectPages },
    known: {},
    xenstore: dump.xenstore,
  }
}

function ofIoRing(bytes: Uint8Array, path: string, input: string, { onNote }: MomentOptions): Moment {
  const source = displayName(path, input)
  const io = parsed(bytes, path)
  if (io.checksum === false)
    onNote(`${source}: the checksum before the text is not that of the text: it was read while tapdisk wrote it, or is damaged`)
  const { nr_ents, req_prod, req_cons, req_event, rsp_prod, rsp_prod_pvt, rsp_event } = io
  return {
    source,
    queue: undefined,
    sring: { req_prod, req_event, rsp_prod, rsp_event },
    nr_ents,
    shown: undefined,
    known: { req_cons, rsp_prod_pvt },
    lag: IO_RING_LAG,
    xenstore: undefined,
  }
}

function parsed(bytes: Uint8Array, path: string): IoRing {
  try {
    return parseIoRing(bytes)
  } catch (error) {
    if (error instanceof IoRingError)
      throw new DumpError(
        path,
        `is no io_ring: ${error.message}`,
        'the text is nr_ents N, req prod P cons C event E, rsp prod P pvt V event E',
      )
    throw error
  }
}

/** The first bytes of a file or of standard input, as many as there are. */
function headOf(path: string): Uint8Array {
  let fd = STDIN
  try {
    if (path !== '-') fd = openSync(path, 'r')
    const head = new Uint8Array(HEAD)
    let at = 0
    while (at < HEAD) {
      const got = readSome(fd, path, head, at)
      if (got === 0) break
      at += got
    }
    return head.subarray(0, at)
  } catch (error) {
    throw error instanceof DumpError ? error : new DumpError(path, ioProblem(error))
  } finally {
    if (fd !== STDIN) closeSync(fd)
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    throw new DumpError(folder, ioProblem(error))
  }
}
