// The one door: inputs as they are named to the rings in them, whatever they are and wherever they lie.
import { basename, dirname } from 'node:path'
import type { Capture } from '../capture/capture.ts'
import { DumpError } from '../capture/dump-error.ts'
import { memberOf } from '../capture/dump-names.ts'
import { type DeviceMoment, momentsOf } from '../capture/moments.ts'
import { type Below, contentsOf } from './anything.ts'
import { ByteSource, type StreamPlace } from './byte-source.ts'
import { namesIn } from './files.ts'
import type { Host } from './host.ts'
import { dumpFoldersIn, isDumpFolder } from './kinds/folder.ts'
import { IMAGE } from './kinds/image.ts'
import { INPUT_KINDS, QUICK_KINDS } from './kinds/index.ts'
import type { Content, RecognisedInput } from './kinds/kind.ts'
import { RAW_PAGES } from './kinds/raw-pages.ts'
import { recognise } from './kinds/recognise.ts'
import { look, lookNow } from './look.ts'
import type { OpenOptions } from './open-options.ts'
import { orReport, reportTo, untilError } from './report.ts'
import { type RingPiece, type RoomFor, ringPiecesOf } from './ring-stream.ts'
import { surroundingsOfFile } from './surroundings.ts'

const NO_BYTES = new Uint8Array()

export interface Input extends Pick<Content, 'inWords' | 'said' | 'scenario'> {
  /** The input as it was named. */
  readonly name: string
  /** Its place among the inputs. */
  readonly place: number
  /** What is read: the same, or a dump folder in it. */
  readonly path: string
  readonly isFolder: boolean
  readonly isImage: boolean
  /** How many queues it has rings of. */
  readonly queues: number
  /** Its rings, queue by queue. They can be gone through once, in one of these ways. */
  rings(): Generator<Capture>
  moments(): Generator<DeviceMoment>
  /** Its rings, those of a long file or pipe many at a time. @param at is told where the reading is @param into where those of a long one are read to */
  pieces(at?: (place: StreamPlace) => void, into?: RoomFor): AsyncGenerator<RingPiece>
  close(): void
}

/** The inputs, one open at a time. What cannot be opened is reported, and has no rings. */
export async function* inputsOn(host: Host, names: readonly string[], options: OpenOptions): AsyncGenerator<Input> {
  for (const [place, name] of names.entries()) {
    if (isSecondStdin(names, place)) reportTo(options, secondStdin())
    else
      for (const { path, isFile } of inputsBelow(host, name, options)) {
        const input = await openInputOn(host, { name, place, path }, isFile ? ofAnything(options) : options)
        try {
          yield input
        } finally {
          input.close()
        }
      }
  }
}

export type InputName = Pick<Input, 'name' | 'place'> & { readonly path?: string }

/** What cannot be opened is reported, and has no rings. @param named its path where that is another than its name */
export async function openInputOn(host: Host, named: InputName, options: OpenOptions): Promise<Input> {
  try {
    return inputOf(named, options, await openWaiting(host, named.path ?? named.name, options))
  } catch (error) {
    return failed(named, options, error)
  }
}

/** An input of which all bytes are there: what a command printed. @param named what it is called */
export async function openBytesOn(host: Host, named: InputName, bytes: Uint8Array, options: OpenOptions): Promise<Input> {
  try {
    return inputOf(named, options, await openPacked(host, named.name, ByteSource.of(named.name, bytes), '-', options))
  } catch (error) {
    return failed(named, options, error)
  }
}

/** The same at once: what must be waited for holds everything up, and what takes time is refused. */
export function openInputNowOn(host: Host, named: InputName, options: OpenOptions): Input {
  try {
    return inputOf(named, options, openNow(host, named.path ?? named.name, options))
  } catch (error) {
    return failed(named, options, error)
  }
}

function failed(named: InputName, options: OpenOptions, error: unknown): Input {
  reportTo(options, error)
  return inputOf(named, options, { content: { queues: [] } })
}

interface Opened {
  readonly found?: RecognisedInput
  readonly content: Content
  /** Raw pages that can be read many rings at a time. */
  readonly stream?: ByteSource | undefined
}

function inputOf(named: InputName, options: OpenOptions, { found, content, stream }: Opened): Input {
  const queues = () => content.queues.map((dumps) => untilError(options, dumps))
  return {
    path: named.name,
    ...named,
    isFolder: found?.isFolder === true,
    isImage: found?.kind === IMAGE,
    inWords: content.inWords,
    said: content.said,
    scenario: content.scenario,
    queues: content.queues.length,
    *rings() {
      for (const queue of queues()) yield* queue
    },
    moments: () => momentsOf(queues()),
    async *pieces(at, into) {
      if (!stream) for (const queue of queues()) yield* queue
      else
        try {
          yield* ringPiecesOf(stream, options.pages!, at, into)
        } catch (error) {
          reportTo(options, error)
        }
    },
    close: () => found?.source.close(),
  }
}

async function openWaiting(host: Host, path: string, options: OpenOptions): Promise<Opened> {
  const isFolder = path !== '-' && host.files.isFolder(path)
  return openPacked(host, path, isFolder ? ByteSource.of(path, NO_BYTES) : await host.open(path), path, options)
}

/** @param beside the file that others lie beside; - where none do */
async function openPacked(host: Host, path: string, packed: ByteSource, beside: string, options: OpenOptions): Promise<Opened> {
  try {
    const input = firstLook(host, beside, options)
    // What lies in a folder, or is read with what lies beside it, is unpacked as a whole.
    const asStream = options.asStream === true && options.pages !== undefined && !input.isFolder && !isMember(host, path)
    const reading = { ...options, asStream }
    const found = await look(recognise({ ...input, packed }, INPUT_KINDS, reading))
    const { kind, source } = found
    const stream = asStream && kind === RAW_PAGES ? source : undefined
    if (!stream && kind.ahead !== undefined) await source.ahead(kind.ahead)
    return { found, content: await (kind.openLater ?? kind.open)(found, reading, host), stream }
  } catch (error) {
    packed.close()
    throw error
  }
}

function openNow(host: Host, path: string, options: OpenOptions): Opened {
  const input = firstLook(host, path, options)
  const packed = input.isFolder ? ByteSource.of(path, NO_BYTES) : host.openNow(path)
  try {
    const found = lookNow(recognise({ ...input, packed }, QUICK_KINDS, options))
    return { found, content: found.kind.open(found, options) }
  } catch (error) {
    packed.close()
    throw error
  }
}

function firstLook({ files }: Host, path: string, options: OpenOptions): Pick<RecognisedInput, 'isFolder' | 'around'> {
  const isFolder = path !== '-' && files.isFolder(path)
  return { isFolder, around: surroundingsOfFile(files, isFolder ? '-' : path, options) }
}

/** A ring that is read with other files of its folder. */
function isMember({ files }: Host, path: string): boolean {
  if (path === '-' || memberOf(basename(path))?.kind !== 'ring') return false
  return namesIn(files, dirname(path)).some((other) => ['xenstore', 'indirect'].includes(memberOf(other)?.kind ?? ''))
}

/** What is read of an input: itself, or what is in a folder that is no dump folder. */
function inputsBelow(host: Host, name: string, options: OpenOptions): readonly Below[] {
  const { files } = host
  const itself = [{ path: name, isFile: false }]
  if (!options.statements)
    return (options.indices ? dumpsBelowOn(host, name, options) : [name]).map((path) => ({ path, isFile: false }))
  if (name === '-') return itself
  const below = orReport(options, () =>
    files.isFolder(name) ? contentsOf(files, name, (path) => isDumpFolder(files, path), options) : itself,
  )
  return below?.length === 0 ? itself : (below ?? [])
}

/** Of a file that may be anything. */
function ofAnything(options: OpenOptions): OpenOptions {
  const { onUnknown } = options
  return { ...options, mustBegin: true, ...(onUnknown ? { onError: onUnknown } : {}) }
}

/** A folder's dump folders where it is none itself, else the input. */
export function dumpsBelowOn({ files }: Host, name: string, options: OpenOptions): readonly string[] {
  if (name === '-') return [name]
  return orReport(options, () => (files.isFolder(name) ? dumpFoldersIn(files, name, options) : [name])) ?? []
}

export function isSecondStdin(names: readonly string[], i: number): boolean {
  return names[i] === '-' && names.indexOf('-') < i
}

export function secondStdin(): DumpError {
  return new DumpError('-', 'standard input can be read only once')
}
