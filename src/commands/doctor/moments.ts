// The inputs of `doctor`, each one moment or several: rings as `decode` reads them, and the text of io_ring.
import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Capture } from '../../capture/capture.ts'
import { decodeCapture } from '../../capture/decode-capture.ts'
import { DumpError, ioProblem } from '../../capture/dump-error.ts'
import { memberOf, tellsDump } from '../../capture/dump-names.ts'
import type { SectorUnitChoice } from '../../codec/ring/sector-unit.ts'
import type { Abi } from '../../codec/struct/abi.ts'
import { type IoRing, IoRingError, isIoRing, type Moment, momentOf, parseIoRing } from '../../doctor/index.ts'
import { encodingOf, textOf, withoutMark } from '../../node/read/encoding.ts'
import { folderKey } from '../../node/read/folder.ts'
import { type InputFile, measured, openInput, peek } from '../../node/read/input-file.ts'
import { isWholePages, type ReadAs } from '../../node/read/input-kind.ts'
import { memberIn } from '../../node/read/listing.ts'
import { loadMoments } from '../../node/read/moments.ts'
import { note } from '../../terminal/failure.ts'
import { displayName } from '../shared/display-name.ts'
import { seriesOf } from '../shared/series-name.ts'

export interface MomentOptions {
  readonly abi: Abi | undefined
  readonly pages: number | undefined
  readonly readAs?: ReadAs | undefined
  /** What sectors count in; undefined is 512 bytes. */
  readonly sectorUnit?: SectorUnitChoice | undefined
  readonly found?: ReadonlyMap<string, Capture> | undefined
  readonly onError: (error: DumpError) => void
  /** What a reader should know of an input. */
  readonly onNote: (note: string) => void
}

/** An io_ring is shorter, and so is what tells one. */
const HEAD = 4096
/** tapdisk writes it at most so often (drivers/td-blkif.c). */
const IO_RING_LAG = 5
const INDICES = ['req_prod', 'req_event', 'rsp_prod', 'rsp_event'] as const

/** A folder with something of this name has moments. */
const tellsMoments = (name: string) => memberOf(name)?.kind === 'io-ring' || tellsDump(name)

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
  const file = openInput(path)
  try {
    if (isTextOfIoRing(file, options)) yield [ioRingMoment(file, path, options)]
    else yield* ofRings(path, path, options, file)
  } finally {
    file.close()
  }
}

/** A guest may write the words of an io_ring into its page, whose bytes are a ring's; tapdisk's file has a page, too, and is named so. */
function isTextOfIoRing(file: InputFile, { readAs }: MomentOptions): boolean {
  if (readAs === 'raw' || !isIoRing(ioRingBytes(file))) return false
  if (readAs === 'text' || /io_ring/.test(basename(file.path)) || !isWholePages(measured(file, HEAD))) return true
  note(`${file.path}: whole pages, which are a ring's; they read like io_ring, and --text reads them as such`)
  return false
}

/** The first bytes, in one byte a character. */
function ioRingBytes(file: InputFile): Uint8Array {
  const head = peek(file, HEAD)
  const encoding = encodingOf(head)
  return encoding === undefined || encoding === 'utf-8'
    ? withoutMark(head)
    : withoutMark(new TextEncoder().encode(textOf(head, encoding)))
}

/** A dump folder; or, where it is none, the dump folders in it, by the first number in their names. */
function* ofFolder(folder: string, input: string, options: MomentOptions): Generator<Snapshot> {
  const names = list(folder)
  const ioRing = memberIn(folder, 'io-ring')
  if (names.some(tellsDump)) {
    yield* ioRing === undefined ? ofRings(folder, input, options) : withIoRing(folder, ioRing, input, options)
    return
  }
  if (ioRing !== undefined) {
    yield [ofIoRing(ioRing, input, options)]
    return
  }
  const seen = new Set<string>()
  const below = names.filter((name) => holdsMoments(join(folder, name), seen, options))
  if (below.length === 0) yield* ofRings(folder, input, options)
  const number = (name: string) => Number(/\d+/.exec(name)?.[0] ?? -1)
  for (const name of below.sort((a, b) => number(a) - number(b) || (a < b ? -1 : 1)))
    yield* ofFolder(join(folder, name), input, options)
}

/** Whether a path is a folder with moments in it, under the first of its names; what cannot be looked at is reported. */
function holdsMoments(path: string, seen: Set<string>, { onError }: MomentOptions): boolean {
  try {
    const stat = statSync(path)
    if (!stat.isDirectory() || !list(path).some(tellsMoments)) return false
    const isNew = !seen.has(folderKey(stat))
    seen.add(folderKey(stat))
    return isNew
  } catch (error) {
    onError(error instanceof DumpError ? error : new DumpError(path, ioProblem(error)))
    return false
  }
}

/** Rings with an io_ring beside them: its private indices are those of the moment that has its shared ones. */
function* withIoRing(folder: string, ioRing: string, input: string, options: MomentOptions): Generator<Snapshot> {
  const io = attempt(() => ofIoRing(ioRing, input, options), options)
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

function* ofRings(path: string, input: string, options: MomentOptions, opened?: InputFile): Generator<Snapshot> {
  const { pages, readAs, found, onError, onNote } = options
  const series = seriesOf(path)
  for (const { dumps } of loadMoments(path, { pages, readAs, found, onError, onNote: note, opened })) {
    for (const { source, findings } of dumps)
      for (const { code, message } of findings)
        if (code === 'text-bytes-missing' || code === 'snapshot-cut') onNote(`${displayName(source, input)}: ${message}`)
    yield dumps.flatMap((dump) => {
      const moment = attempt(() => ofRing(dump, input, options), options)
      return moment ? [{ ...moment, series }] : []
    })
  }
}

function ofRing(capture: Capture, input: string, { abi, sectorUnit }: MomentOptions): Moment {
  const moment = momentOf(decodeCapture(capture, abi, sectorUnit))
  return { ...moment, source: displayName(capture.source, input) }
}

function ofIoRing(path: string, input: string, options: MomentOptions): Moment {
  // A pipe of that name would block.
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw new DumpError(path, 'is no regular file')
  const file = openInput(path)
  try {
    return ioRingMoment(file, input, options)
  } finally {
    file.close()
  }
}

function ioRingMoment(file: InputFile, input: string, { onNote }: MomentOptions): Moment {
  const source = displayName(file.path, input)
  const io = parsed(ioRingBytes(file), file.path)
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
    series: seriesOf(file.path),
    device: /^vbd3-\d+-\d+$/.exec(basename(dirname(resolve(file.path))))?.[0],
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
