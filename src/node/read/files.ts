// Folders and the files in them: those of the disk, or those that are made in memory and never lie on a disk.
import { readdirSync, type Stats, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { DumpError } from '../../capture/dump-error.ts'
import { type MemberKind, memberOf } from '../../capture/dump-names.ts'
import { ioProblem } from '../io-problem.ts'
import { ByteSource, openFile } from './byte-source.ts'
import { lookNow } from './look.ts'
import { unpacked } from './unpacked.ts'

/** Every method throws a `DumpError` for what is not there, or may not be looked at. */
export interface Files {
  /** The names in a folder. */
  list(folder: string): readonly string[]
  isFolder(path: string): boolean
  /** False also of pipes and devices. */
  isFile(path: string): boolean
  /** What tells a folder from all others, whatever leads to it. */
  keyOf(folder: string): string
  /** Packed or not, as it lies there. */
  open(path: string): ByteSource
}

export const DISK: Files = {
  list: (folder) => io(folder, () => readdirSync(folder)),
  isFolder: (path) => statOf(path).isDirectory(),
  isFile: (path) => statOf(path).isFile(),
  keyOf(folder) {
    const { dev, ino } = statOf(folder)
    return `${dev}:${ino}`
  },
  open: (path) => openFile(path),
}

/** A folder that is nowhere but here. @param contents by their paths below it */
export function filesInMemory(root: string, contents: ReadonlyMap<string, Uint8Array | string>): Files {
  const inIt = (path: string) => {
    const below = relative(root, path)
    const [prefix, content] = [below === '' ? '' : `${below}/`, contents.get(below)]
    const names = [...contents.keys()]
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length).split('/')[0]!)
    if (content === undefined && names.length === 0) throw new DumpError(path, 'no such file or directory')
    return { content, names }
  }
  return {
    list: (folder) => [...new Set(inIt(folder).names)],
    isFolder: (path) => inIt(path).content === undefined,
    isFile: (path) => inIt(path).content !== undefined,
    keyOf: (folder) => relative(root, folder),
    open: (path) => ByteSource.of(path, Buffer.from(inIt(path).content!)),
  }
}

function statOf(path: string): Stats {
  return io(path, () => statSync(path))
}

function io<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw new DumpError(path, ioProblem(error))
  }
}

/** The names in a folder; none where it cannot be read. */
export function namesIn(files: Files, folder: string): readonly string[] {
  try {
    return files.list(folder)
  } catch {
    return []
  }
}

/** The path of a folder's only member of a kind, unpacked rather than packed; undefined where it has none. */
export function memberIn(files: Files, folder: string, kind: MemberKind): string | undefined {
  const names = namesIn(files, folder).filter((name) => memberOf(name)?.kind === kind)
  const name = names.find((name) => memberOf(name)!.unpacked === name) ?? names[0]
  return name === undefined ? undefined : join(folder, name)
}

/** What is done with the bytes of a file, unpacked. @throws DumpError */
export function withFile<T>(files: Files, path: string, use: (file: ByteSource) => T): T {
  const source = files.open(path)
  try {
    return use(lookNow(unpacked(source)))
  } finally {
    source.close()
  }
}

/** The same of a file of a folder. @throws DumpError, also for what is no regular file: a pipe of that name would block */
export function withMember<T>(files: Files, path: string, use: (file: ByteSource) => T): T {
  if (!files.isFile(path)) throw new DumpError(path, 'is no regular file')
  return withFile(files, path, use)
}

/** The same; undefined where it cannot be read, which hinders nobody from reading the rest. */
export function ifReadable<T>(use: () => T): T | undefined {
  try {
    return use()
  } catch (error) {
    if (!(error instanceof DumpError)) throw error
    return undefined
  }
}
