// A dump folder: ring.bin, or queue-N/ring.bin, or a series ring-NNN.bin; beside them indirect-GREF.bin, in a series also
// ring-NNN.indirect-GREF.bin, and xenstore.txt. Rings and pages that are text may be .txt or .hex instead, and each packed, with the
// packing's suffix behind its name or without.
import { join } from 'node:path'
import type { Capture } from '../../capture/capture.ts'
import { DumpError } from '../../capture/dump-error.ts'
import { memberOf, queueOfFolder, SCENARIO, tellsDump } from '../../capture/dump-names.ts'
import { strictTextOf } from '../../capture/encoding.ts'
import { saidBeside } from '../anything.ts'
import { type Files, ifReadable, memberIn, namesIn } from '../files.ts'
import { wholeOf } from '../listing.ts'
import { lookNow } from '../look.ts'
import type { OpenOptions } from '../open-options.ts'
import { orReport, reportTo } from '../report.ts'
import { MAX_SCENARIO } from '../sizes.ts'
import { type Surroundings, surroundingsIn } from '../surroundings.ts'
import { HEXDUMP } from './hexdump.ts'
import { IMAGE } from './image.ts'
import { ioRingIn } from './io-ring.ts'
import type { Content, Kind } from './kind.ts'
import { RAW_PAGES } from './raw-pages.ts'
import { recognise } from './recognise.ts'

/** What the ring of a folder can be. */
const MEMBER_KINDS: readonly Kind[] = [IMAGE, HEXDUMP, RAW_PAGES]

export const FOLDER: Kind = {
  looks: ({ isFolder }) => isFolder,
  open({ path, around: { files } }, options) {
    const { ring, ...others } = options
    if (ring && !ring.sparesDumps) throw new DumpError(path, 'is a directory', 'name a file: a memory image')
    const ioRing = options.indices ? memberIn(files, path, 'io-ring') : undefined
    const queues =
      ioRing !== undefined && !files.list(path).some(tellsDump) ? [] : queuesIn(path, { files, options: others, seen: new Map() })
    const said = options.statements ? saidBeside(files, path) : undefined
    return {
      queues,
      said,
      scenario: () => scenarioIn(files, path),
      ...(ioRing === undefined ? {} : { inWords: () => ioRingIn(files, ioRing) }),
    }
  },
}

/** The scenario that a folder's rings were made of, as `generate` leaves it there. */
function scenarioIn(files: Files, folder: string): string | undefined {
  const path = join(folder, SCENARIO)
  return ifReadable(() => {
    if (!files.isFile(path)) return undefined
    const source = files.open(path)
    try {
      return strictTextOf(wholeOf(source, MAX_SCENARIO, 'a scenario'), path)
    } finally {
      source.close()
    }
  })
}

interface Reading {
  readonly files: Files
  readonly options: OpenOptions
  /** Folders that were read: links may lead to one again and again. */
  readonly seen: Map<string, string>
}

/** ring.bin and the series in the order of its numbers, then the queues. */
export function queuesIn(folder: string, reading: Reading): Generator<Capture>[] {
  const { files, options, seen } = reading
  const key = files.keyOf(folder)
  const before = seen.get(key)
  if (before !== undefined) throw new DumpError(folder, `is the folder ${before} again, which is read once`)
  seen.set(key, folder)
  const names = files.list(folder)
  const rings = ringsAmong(names)
  const queues = names.filter((name) => queueOfFolder(name) !== undefined).sort((a, b) => queueOfFolder(a)! - queueOfFolder(b)!)
  let mayBeDump = rings.length > 0
  const opened = queues.flatMap((name) => {
    const path = join(folder, name)
    const inIt = orReport(options, () => {
      if (!files.isFolder(path)) return []
      mayBeDump = true
      return queuesIn(path, reading)
    })
    // What cannot be read may be a queue.
    if (!inIt) mayBeDump = true
    return inIt ?? []
  })
  if (!mayBeDump) throw new DumpError(folder, 'no ring.bin, ring-NNN.bin or queue-N/ in it', whereRingsAre(files, folder, names))
  return [...(rings.length > 0 ? [ringsIn(folder, rings, reading)] : []), ...opened]
}

/** A file that cannot be read keeps its place in the series. */
function* ringsIn(folder: string, names: readonly string[], { files, options }: Reading): Generator<Capture> {
  const around = surroundingsIn(files, folder, options)
  let snapshot = 0
  for (const name of names) {
    try {
      for (const queue of openMember(join(folder, name), around, options).queues)
        for (const dump of queue) yield { ...dump, snapshot: snapshot++ }
    } catch (error) {
      reportTo(options, error)
      snapshot++
    }
  }
}

function openMember(path: string, around: Surroundings, options: OpenOptions): Content {
  if (!around.files.isFile(path)) throw new DumpError(path, 'is no regular file')
  const source = around.files.open(path)
  try {
    const found = lookNow(recognise({ packed: source, around, isFolder: false }, MEMBER_KINDS, options))
    return found.kind.open(found, options)
  } catch (error) {
    source.close()
    throw error
  }
}

/** In the order of their moments, ring.bin before all; of a ring that is there packed and unpacked, the latter. */
function ringsAmong(names: readonly string[]): string[] {
  return names
    .map((name) => ({ name, member: memberOf(name) }))
    .filter(({ name, member }) => member?.kind === 'ring' && !(member.unpacked !== name && names.includes(member.unpacked)))
    .sort((a, b) => (a.member?.moment ?? -1) - (b.member?.moment ?? -1))
    .map(({ name }) => name)
}

function whereRingsAre(files: Files, folder: string, names: readonly string[]): string {
  const below = names.map((name) => join(folder, name)).filter((path) => holds(files, path, tellsDump))
  if (below.length > 0) return `rings are below it: ${below.join(' ')}`
  return 'name a dump folder or a file of raw pages'
}

function holds(files: Files, path: string, tells: (name: string) => boolean): boolean {
  return ifReadable(() => files.isFolder(path)) === true && namesIn(files, path).some(tells)
}

/** A folder with something of this name has moments. */
const tellsMoments = (name: string) => memberOf(name)?.kind === 'io-ring' || tellsDump(name)

/** Whether a folder is a dump folder, or has the text of io_ring. */
export function isDumpFolder(files: Files, folder: string): boolean {
  return namesIn(files, folder).some(tellsMoments)
}

/** A dump folder itself; or, where it is none, the dump folders in it, by the first number in their names, each once. */
export function dumpFoldersIn(files: Files, folder: string, options: OpenOptions): string[] {
  const names = files.list(folder)
  if (names.some(tellsMoments)) return [folder]
  const seen = new Set<string>()
  const below = names.filter((name) =>
    orReport(options, () => {
      const path = join(folder, name)
      if (!files.isFolder(path) || !files.list(path).some(tellsMoments)) return false
      const isNew = !seen.has(files.keyOf(path))
      seen.add(files.keyOf(path))
      return isNew
    }),
  )
  const number = (name: string) => Number(/\d+/.exec(name)?.[0] ?? -1)
  const paths = below.sort((a, b) => number(a) - number(b) || (a < b ? -1 : 1)).map((name) => join(folder, name))
  return paths.length > 0 ? paths : [folder]
}
