// The inputs one after another: those of the command line, those of a list of names, and what is in folders of files. No list of all of
// them is ever in memory.
import { DumpError } from '../../capture/dump-error.ts'
import { textOf } from '../../capture/encoding.ts'
import { ifReadable } from '../../inputs/files.ts'
import { secondStdin } from '../../inputs/inputs.ts'
import { isDumpFolder } from '../../inputs/kinds/folder.ts'
import { DISK } from '../../node/read/disk.ts'
import { openSource } from '../../node/read/open-file.ts'
import { type FolderCount, rawFilesIn } from '../../node/read/raw-files.ts'
import { count } from '../../print/text.ts'
import { note } from '../../terminal/failure.ts'

/** Bytes of a list of names that are read at a time, and of the longest name. */
const CHUNK = 64 * 1024

export interface NamesOptions {
  /** A file of names, or `-`. */
  readonly filesFrom: string | undefined
  /** Pages of one ring. */
  readonly pages?: number | undefined
  readonly onError: (error: DumpError) => void
}

/** An input, and the one that it was found in. */
export interface NamedInput {
  readonly path: string
  /** What was named. */
  readonly name: string
}

/** Every input, once standard input at the most. */
export async function* inputNames(named: readonly string[], options: NamesOptions): AsyncGenerator<NamedInput> {
  const { filesFrom, onError } = options
  let isStdinTaken = filesFrom === '-'
  for await (const name of allNames(named, options)) {
    if (name === '-' && isStdinTaken) onError(secondStdin())
    else yield* below(name, options)
    isStdinTaken ||= name === '-'
  }
}

async function* allNames(named: readonly string[], { filesFrom, onError }: NamesOptions): AsyncGenerator<string> {
  yield* named
  if (filesFrom === undefined) return
  try {
    yield* linesOf(filesFrom)
  } catch (error) {
    if (!(error instanceof DumpError)) throw error
    onError(error)
  }
}

/** The names in a file, a line each, or apart by NUL as `find -print0` has them; empty lines are none. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const source = await openSource(path)
  try {
    let rest = new Uint8Array()
    for (let ended = false; !ended; ) {
      await source.ahead(1)
      const buffer = new Uint8Array(rest.length + CHUNK)
      buffer.set(rest)
      const got = source.fill(buffer.subarray(rest.length, rest.length + CHUNK))
      ended = got === 0
      const bytes = buffer.subarray(0, rest.length + got)
      const end = ended ? bytes.length : 1 + Math.max(bytes.lastIndexOf(0), bytes.lastIndexOf(0x0a))
      if (end === 0 && bytes.length > CHUNK) throw new DumpError(path, `a name of more than ${CHUNK} bytes`, 'write a name a line')
      for (const name of textOf(bytes.subarray(0, end)).split(/[\n\0]/)) {
        const bare = name.endsWith('\r') ? name.slice(0, -1) : name
        if (bare !== '') yield bare
      }
      rest = bytes.slice(end)
    }
  } finally {
    source.close()
  }
}

/** A folder that is no dump folder is what lies in it; one without rings is left to be refused as ever. */
function* below(name: string, { pages, onError }: NamesOptions): Generator<NamedInput> {
  const isFolder = name !== '-' && ifReadable(() => DISK.isFolder(name)) === true
  if (!isFolder || isDumpFolder(DISK, name)) {
    yield { path: name, name }
    return
  }
  const left: FolderCount = { skipped: 0, first: undefined }
  let found = 0
  try {
    for (const path of rawFilesIn(name, pages, left)) {
      found++
      yield { path, name }
    }
  } catch (error) {
    if (!(error instanceof DumpError)) throw error
    onError(error)
  }
  if (found === 0) yield { path: name, name }
  else if (left.skipped > 0) note(`${name}: ${count(left.skipped, 'file')} left out, no whole pages of a ring (${left.first})`)
}
