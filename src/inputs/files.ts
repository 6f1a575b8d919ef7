// Folders and the files in them: those of a disk, or those that are in memory and never lie on a disk.
import { join, relative } from 'node:path'
import { DumpError } from '../capture/dump-error.ts'
import { type MemberKind, memberOf } from '../capture/dump-names.ts'
import { ByteSource } from './byte-source.ts'
import { lookNow } from './look.ts'
import type { FileUnpackers } from './packing.ts'
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
  readonly unpackers: FileUnpackers
}

/** A folder that is nowhere but here. @param contents by their paths below it */
export function filesInMemory(root: string, contents: ReadonlyMap<string, Uint8Array | string>, unpackers: FileUnpackers): Files {
  const folders = new Map<string, Set<string>>()
  for (const path of contents.keys()) {
    const names = path.split('/')
    for (let depth = 0; depth < names.length; depth++) {
      const folder = names.slice(0, depth).join('/')
      const inIt = folders.get(folder) ?? new Set()
      folders.set(folder, inIt.add(names[depth]!))
    }
  }
  const at = (path: string) => {
    const below = relative(root, path)
    const [content, names] = [contents.get(below), folders.get(below)]
    if (content === undefined && names === undefined) throw new DumpError(path, 'no such file or directory')
    return { content, names }
  }
  return {
    list: (folder) => [...(at(folder).names ?? [])],
    isFolder: (path) => at(path).content === undefined,
    isFile: (path) => at(path).content !== undefined,
    keyOf: (folder) => relative(root, folder),
    open(path) {
      const { content } = at(path)
      if (content === undefined) throw new DumpError(path, 'is a directory')
      return ByteSource.of(path, typeof content === 'string' ? new TextEncoder().encode(content) : content)
    },
    unpackers,
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
    return use(lookNow(unpacked(source, files.unpackers)))
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
