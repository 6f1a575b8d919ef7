// A dump folder: ring.bin, or queue-N/ring.bin, or a series ring-NNN.bin; beside them indirect-GREF.bin, in a series also
// ring-NNN.indirect-GREF.bin, and xenstore.txt. Rings and pages that are text may be .txt or .hex instead, and each gzipped,
// with .gz behind its name or without.

import { readdirSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Capture } from '../../capture/capture.ts'
import { chooseDevice, devicesByHandle } from '../../capture/choose-device.ts'
import { DumpError, ioProblem } from '../../capture/dump-error.ts'
import { memberOf, queueOfFolder as queueOf, tellsDump, XENSTORE } from '../../capture/dump-names.ts'
import type { Finding } from '../../codec/ring/finding.ts'
import { MAX_RING_PAGES } from '../../codec/ring/geometry.ts'
import type { IndirectPages } from '../../codec/ring/request.ts'
import type { TextRing } from '../../hexdump/index.ts'
import type { Extracted } from '../../image/index.ts'
import { parseXenstore } from '../../xenstore/devices.ts'
import type { XenstoreNodes } from '../../xenstore/nodes.ts'
import { ringRefs } from '../../xenstore/queues.ts'
import { textOf } from './encoding.ts'
import { FolderPages } from './folder-pages.ts'
import { grantsBeside } from './grants-beside.ts'
import { type InputFile, measured, openInput, peek, readAll } from './input-file.ts'
import { kindOf, looksLike, MAX_TEXT, type ReadAs, TEXT_HEAD } from './input-kind.ts'
import { listingIn, XENSTORE_LIMIT } from './listing.ts'
import { readOrigin } from './origin.ts'
import { likePacked } from './packing.ts'
import { type PagesOf, type RawRing, readRings } from './raw-pages.ts'
import { textRings } from './text-input.ts'

export interface LoadOptions {
  /** Pages of one ring; without it a file is one ring. */
  readonly pages?: number | undefined
  /** Called with what cannot be read, while the rest goes on. Without it the first such error is thrown. */
  readonly onError?: (error: DumpError) => void
  /** What the files of rings are, whatever they look like; without it, their sizes and first bytes tell. */
  readonly readAs?: ReadAs | undefined
  /** Called with what a reader should know of an input, and what changes nothing. */
  readonly onNote?: (note: string) => void
  /** The input, a file or standard input, where it is open already. */
  readonly opened?: InputFile | undefined
  /** Inputs that are memory images, of which a ring was taken before. */
  readonly found?: ReadonlyMap<string, Capture> | undefined
}

/**
 * The rings of an input, one at a time: a dump folder, a file of raw pages, or `-`. A ring.bin or ring-NNN.bin that is
 * named itself has the indirect pages and the XenStore text of its folder.
 */
export function* loadDumps(input: string, options: LoadOptions = {}): Generator<Capture> {
  for (const queue of openQueues(input, options)) yield* queue
}

/** The same, queue by queue: each gives its rings from the first moment to the last. */
export function openQueues(input: string, options: LoadOptions = {}): Generator<Capture>[] {
  const found = options.found?.get(input)
  if (found) return [only(found)]
  try {
    if (input === '-') return [guarded(rings(input, NO_SURROUNDINGS, options), options)]
    if (isDirectory(input)) return openFolder(input, options, new Map())
    const surroundings = isRing(basename(input)) ? surroundingsOf(dirname(input), options) : NO_SURROUNDINGS
    return [guarded(rings(input, surroundings, options), options)]
  } catch (error) {
    fail(error, options)
    return []
  }
}

function* only(dump: Capture): Generator<Capture> {
  yield dump
}

function* guarded(dumps: Generator<Capture>, options: LoadOptions): Generator<Capture> {
  try {
    yield* dumps
  } catch (error) {
    fail(error, options)
  }
}

function isRing(name: string): boolean {
  return memberOf(name)?.kind === 'ring'
}

/** Whether a ring of that name would be read with other files of its folder. */
export function hasSurroundings(folder: string, name: string): boolean {
  if (!isRing(name)) return false
  try {
    return readdirSync(folder).some((other) => ['xenstore', 'indirect'].includes(memberOf(other)?.kind ?? ''))
  } catch {
    return false
  }
}

/** What lies around a ring. */
interface Surroundings {
  readonly pages: FolderPages | undefined
  readonly queue: number | undefined
  readonly devices: readonly XenstoreNodes[] | undefined
  readonly grants: Capture['grants']
  readonly extracted: Extracted | undefined
}

/** A ring and what its own file says of it. */
type FoundRing = RawRing & Partial<Pick<TextRing, 'indirectPages' | 'queue' | 'origin'>>

const NO_SURROUNDINGS: Surroundings = {
  pages: undefined,
  queue: undefined,
  devices: undefined,
  grants: undefined,
  extracted: undefined,
}

/**
 * ring.bin and the series in the order of its numbers, then the queues.
 * @param seen folders that were read, by `folderKey`: links may lead to one again and again
 */
function openFolder(folder: string, options: LoadOptions, seen: Map<string, string>): Generator<Capture>[] {
  const key = folderKey(statSync(folder))
  const before = seen.get(key)
  if (before !== undefined) throw new DumpError(folder, `is the folder ${before} again, which is read once`)
  seen.set(key, folder)
  const entries = list(folder)
  const folders = entries.filter((name) => queueOf(name) !== undefined).sort((a, b) => queueOf(a)! - queueOf(b)!)
  const files = ringsIn(entries).sort((a, b) => numberOf(a) - numberOf(b))
  let [queues, failed] = [0, false]
  const opened = folders.flatMap((name) => {
    const path = join(folder, name)
    try {
      if (!isDirectory(path)) return []
      queues++
      return openFolder(path, options, seen)
    } catch (error) {
      failed = true
      fail(error, options, path)
      return []
    }
  })
  if (files.length + queues === 0 && !failed)
    throw new DumpError(folder, 'no ring.bin, ring-NNN.bin or queue-N/ in it', whereRingsAre(folder, entries))
  return [...(files.length > 0 ? [ringsOfFolder(folder, files, options)] : []), ...opened]
}

/** What tells a folder from all others, whatever leads to it. */
export function folderKey({ dev, ino }: Stats): string {
  return `${dev}:${ino}`
}

/** A file that cannot be read keeps its place in the series. */
function* ringsOfFolder(folder: string, files: readonly string[], options: LoadOptions): Generator<Capture> {
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

/** Of a ring that is there packed and unpacked, the latter. */
function ringsIn(entries: readonly string[]): string[] {
  return entries.filter(
    (name) => isRing(name) && !(memberOf(name)!.unpacked !== name && entries.includes(memberOf(name)!.unpacked)),
  )
}

/** ring.bin before all numbers. */
function numberOf(name: string): number {
  return memberOf(name)?.moment ?? -1
}

/** Whether a file of that name is one snapshot of a series. */
export function isOfSeries(name: string): boolean {
  return numberOf(name) >= 0
}

function surroundingsOf(folder: string, options: LoadOptions): Surroundings {
  const queue = queueOf(basename(resolve(folder)))
  const devices = readXenstore(folder, options) ?? (queue === undefined ? undefined : readXenstore(join(folder, '..'), options))
  const grants = grantsBeside(queue === undefined ? [folder] : [folder, join(folder, '..')])
  return { pages: new FolderPages(folder), queue, devices, grants, extracted: readOrigin(folder) }
}

function* rings(source: string, surroundings: Surroundings, options: LoadOptions): Generator<Capture> {
  const { pages, queue, devices, grants, extracted } = surroundings
  let snapshot = 0
  const number = options.pages === undefined && numberOf(basename(source)) >= 0 ? numberOf(basename(source)) : undefined
  const file = options.opened ?? openInput(source)
  try {
    const texts = textIn(file, { ...options, pages: options.pages ?? pagesByXenstore(devices ?? [], queue) })
    const several = texts ? texts.length > 1 : options.pages !== undefined
    const pagesOf: PagesOf = (ring) => pagesByXenstore(devicesByHandle(devices ?? [], ring), queue)
    const found: Iterable<FoundRing> = texts ?? readRings(file, options.pages, pagesOf)
    for (const ring of found) {
      const named = several ? `${source}[${snapshot}]` : source
      const { bytes, origin } = ring
      const beside: IndirectPages = pages?.of(basename(source), several) ?? new Map<number, Uint8Array>()
      const { device, rivals } = chooseDevice(devices ?? [], ring, queue ?? ring.queue)
      yield {
        source: named,
        queue: queue ?? ring.queue,
        snapshot: snapshot++,
        number,
        bytes,
        indirectPages: ring.indirectPages
          ? {
              get: (gref) => ring.indirectPages!.get(gref) ?? beside.get(gref),
              isCommon: (gref) => !ring.indirectPages!.has(gref) && beside.isCommon?.(gref) === true,
            }
          : beside,
        xenstore: device,
        grants,
        extracted,
        findings: [...(devices ? xenstoreFindings(devices, rivals) : []), ...ring.findings],
        ...(origin === undefined ? {} : { origin }),
        ...(ring.missing.length > 0 ? { missing: ring.missing } : {}),
      }
    }
  } finally {
    file.close()
  }
}

/** The number of ring pages that all devices of a listing name; undefined where they name several, or none. */
function pagesByXenstore(devices: readonly XenstoreNodes[], queue: number | undefined): number | undefined {
  const [pages, ...others] = new Set(devices.flatMap((device) => ringRefs(device)[queue ?? 0]?.length ?? []))
  return others.length > 0 || !pages || pages > MAX_RING_PAGES ? undefined : pages
}

/** The rings of a text; undefined of raw pages. @throws DumpError of a memory image */
function textIn(file: InputFile, { pages, readAs, onNote = () => {} }: LoadOptions): TextRing[] | undefined {
  const { path } = file
  const head = peek(file, TEXT_HEAD)
  const looks = readAs ?? looksLike(head).kind
  const size = looks === 'text' || looks === 'image' ? measured(file, MAX_TEXT) : undefined
  const kind = kindOf(path, head, size, readAs, onNote)
  if (file.likePacked) onNote(likePacked(path, file.likePacked))
  if (kind.kind === 'text') return textRings(file, kind.encoding, pages)
  if (kind.kind === 'pages') return undefined
  throw new DumpError(
    path,
    'a memory image',
    `blkring find ${path} lists its rings, and with --extract DIR writes a dump folder of each`,
  )
}

function xenstoreFindings(devices: readonly XenstoreNodes[], rivals: number): Finding[] {
  if (devices.length === 0)
    return [{ code: 'xenstore-empty', message: `${XENSTORE} names no block device: is it the output of xenstore-ls?` }]
  if (rivals === 0) return []
  return [{ code: 'xenstore-ambiguous', message: `${XENSTORE} names ${rivals + 1} devices that fit this ring; the first is taken` }]
}

function readXenstore(folder: string, options: LoadOptions): readonly XenstoreNodes[] | undefined {
  const path = listingIn(folder)
  if (path === undefined) return undefined
  try {
    if (!statSync(path).isFile()) throw new DumpError(path, 'is no regular file')
    const file = openInput(path)
    try {
      const bytes = readAll(file, XENSTORE_LIMIT)
      if (!bytes) throw new DumpError(path, `more than ${XENSTORE_LIMIT} bytes are too many for the text of xenstore-ls`)
      return parseXenstore(textOf(bytes))
    } finally {
      file.close()
    }
  } catch (error) {
    fail(error, options, path)
    return undefined
  }
}

function whereRingsAre(folder: string, entries: readonly string[]): string {
  const below = entries.map((name) => join(folder, name)).filter(holdsRings)
  if (below.length > 0) return `rings are below it: ${below.join(' ')}`
  return 'name a dump folder or a file of raw pages'
}

function holdsRings(path: string): boolean {
  try {
    return isDirectory(path) && list(path).some(tellsDump)
  } catch {
    return false
  }
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
