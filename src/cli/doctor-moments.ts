// The inputs of `doctor`, each one moment or several: rings as `decode` reads them, and the text of io_ring.
import { closeSync, openSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { SectorUnitChoice } from '../codec/ring/sector-unit.ts'
import type { Abi } from '../codec/struct/abi.ts'
import { type IoRing, IoRingError, isIoRing, type Moment, parseIoRing } from '../doctor/index.ts'
import { decodeDump } from '../dump/decode-dump.ts'
import { DumpError, ioProblem } from '../dump/dump-error.ts'
import { IO_RING, memberOf, tellsDump } from '../dump/dump-names.ts'
import type { OpenInput } from '../dump/input-file.ts'
import { loadMoments } from '../dump/moments.ts'
import { readSome } from '../dump/read-some.ts'
import type { RingDump } from '../dump/ring-dump.ts'
import { displayName } from './display-name.ts'

export interface MomentOptions {
  readonly abi: Abi | undefined
  readonly pages: number | undefined
  /** What sectors count in; undefined is 512 bytes. */
  readonly sectorUnit?: SectorUnitChoice | undefined
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
const INDICES = ['req_prod', 'req_event', 'rsp_prod', 'rsp_event'] as const

/** A folder with something of this name is a dump folder. */
const tellsMoments = (name: string) => name === IO_RING || tellsDump(name)

/** One moment, or that of each of a device's queues. */
export type Snapshot = readonly Moment[]

/** Snapshots of the rings of an input, one after another. */
export function* snapshotsOf(input: string, options: MomentOptions): Generator<Snapshot> {
  try {
    if (options.found?.has(input)) {
      yield* ofRings(input, input, options)
      return
    }
    if (input !== '-' && isFolder(input)) {
      yield* ofFolder(input, input, options)
      return
    }
    yield* ofFile(input, options)
  } catch (error) {
    if (!(error instanceof DumpError)) throw error
    options.onError(error)
  }
}

/** Opened once: what was read of a pipe to tell what it is does not come again. */
function* ofFile(path: string, options: MomentOptions): Generator<Snapshot> {
  const fd = path === '-' ? STDIN : open(path)
  try {
    const head = headOf(fd, path)
    if (isIoRing(head)) yield [ioRingMoment(head, path, path, options)]
    else yield* ofRings(path, path, options, { fd, head })
  } finally {
    if (fd !== STDIN) closeSync(fd)
  }
}

/** A dump folder; or, where it is none, the dump folders in it, by the first number in their names. */
function* ofFolder(folder: string, input: string, options: MomentOptions): Generator<Snapshot> {
  const names = list(folder)
  const ioRing = names.includes(IO_RING) && isFile(join(folder, IO_RING))
  if (names.some(tellsDump)) {
    yield* ioRing ? withIoRing(folder, input, options) : ofRings(folder, input, options)
    return
  }
  if (ioRing) {
    yield [ofIoRing(join(folder, IO_RING), input, options)]
    return
  }
  const below = names.filter((name) => isFolder(join(folder, name)) && list(join(folder, name)).some(tellsMoments))
  if (below.length === 0) yield* ofRings(folder, input, options)
  const number = (name: string) => Number(/\d+/.exec(name)?.[0] ?? -1)
  for (const name of below.sort((a, b) => number(a) - number(b) || (a < b ? -1 : 1)))
    yield* ofFolder(join(folder, name), input, options)
}

/** Rings with an io_ring beside them: its private indices are those of the moment that has its shared ones. */
function* withIoRing(folder: string, input: string, options: MomentOptions): Generator<Snapshot> {
  const io = attempt(() => ofIoRing(join(folder, IO_RING), input, options), options)
  let isHere = false
  for (const snapshot of ofRings(folder, input, options)) {
    yield snapshot.map((moment) => {
      const same = io !== undefined && isSameMoment(io, moment)
      isHere ||= same
      return same ? { ...moment, known: io.known, lag: IO_RING_LAG } : moment
    })
  }
  if (io && !isHere)
    options.onNote(`${io.source} shows no moment of the rings beside it (${words(io)}) and is left aside: name it alone`)
}

/** tapdisk shows its first queue. */
function isSameMoment(io: Moment, { queue = 0, sring, nr_ents }: Moment): boolean {
  return queue === 0 && nr_ents === io.nr_ents && INDICES.every((key) => sring[key] === io.sring[key])
}

function words({ sring }: Moment): string {
  return INDICES.map((key) => `${key} ${sring[key]}`).join(', ')
}

function* ofRings(path: string, input: string, options: MomentOptions, opened?: OpenInput): Generator<Snapshot> {
  const { pages, found, onError, onNote } = options
  const series = seriesOf(path)
  for (const { dumps } of loadMoments(path, { pages, found, onError, opened })) {
    for (const { source, findings } of dumps)
      for (const { code, message } of findings)
        if (code === 'text-bytes-missing') onNote(`${displayName(source, input)}: ${message}`)
    yield dumps.map((dump) => ({ ...ofRing(dump, input, options), series }))
  }
}

/** A ring-NNN.bin that is named itself is of its folder's series. */
function seriesOf(path: string): string {
  if (path === '-') return path
  return resolve(memberOf(basename(path))?.moment === undefined ? path : dirname(path))
}

function ofRing(dump: RingDump, input: string, { abi, sectorUnit }: MomentOptions): Moment {
  const { ring } = decodeDump(dump, abi, sectorUnit)
  return {
    source: displayName(dump.source, input),
    queue: dump.queue,
    sring: ring.sring,
    nr_ents: ring.geometry.nr_ents,
    shown: { ring, bytes: dump.bytes, indirectPages: dump.indirectPages },
    known: {},
    xenstore: dump.xenstore,
    extracted: dump.extracted,
  }
}

function ofIoRing(path: string, input: string, options: MomentOptions): Moment {
  const fd = open(path)
  try {
    return ioRingMoment(headOf(fd, path), path, input, options)
  } finally {
    closeSync(fd)
  }
}

function ioRingMoment(bytes: Uint8Array, path: string, input: string, { onNote }: MomentOptions): Moment {
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
    series: seriesOf(path),
    device: /^vbd3-\d+-\d+$/.exec(basename(dirname(resolve(path))))?.[0],
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

/** The first bytes, as many as there are. */
function headOf(fd: number, path: string): Uint8Array {
  const head = new Uint8Array(HEAD)
  let at = 0
  while (at < HEAD) {
    const got = readSome(fd, path, head, at)
    if (got === 0) break
    at += got
  }
  return head.subarray(0, at)
}

function open(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw new DumpError(path, ioProblem(error))
  }
}

/** Undefined where it cannot be read, which is reported. */
function attempt(read: () => Moment, { onError }: MomentOptions): Moment | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof DumpError)) throw error
    onError(error)
    return undefined
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
