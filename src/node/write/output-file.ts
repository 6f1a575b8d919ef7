// Files that are written piece by piece.
import { closeSync, lstatSync, openSync, readSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { DumpError, ioProblem } from '../../capture/dump-error.ts'
import { buildingPlace } from './building.ts'

/** A new file, or with the flag w what is there. Every method throws a `DumpError` that names it as it is shown. */
export class OutputFile {
  readonly #shown: string
  #fd: number | undefined

  /** @param shown what the user calls it */
  constructor(path: string, shown: string, flags: 'wx' | 'w' = 'wx') {
    this.#shown = shown
    this.#fd = io(shown, () => openSync(path, flags))
  }

  write(bytes: Uint8Array): void {
    io(this.#shown, () => {
      let at = 0
      while (at < bytes.length) at += writeSync(this.#fd!, bytes, at)
    })
  }

  close(): void {
    const fd = this.#fd
    this.#fd = undefined
    if (fd !== undefined) io(this.#shown, () => closeSync(fd))
  }
}

/**
 * A file that appears whole or not at all: it is built beside its place and renamed to it at the end. What is no regular file (a
 * pipe, /dev/stdout) is written as it is, where the kind allows that.
 */
export class FileWriter {
  readonly #shown: string
  readonly #kind: FileKind
  readonly #force: boolean
  /** The path that the file gets at the end; undefined where the output is no regular file. */
  readonly #place: string | undefined
  #building: string | undefined
  /** The open file; a pipe is opened with the first bytes for it. */
  #file: OutputFile | undefined

  /** Throws a `DumpError` if the file exists and may not be replaced. */
  constructor(path: string, force: boolean, kind: FileKind) {
    this.#shown = path
    this.#force = force
    this.#kind = kind
    this.#place = this.#checkPlace()
    if (this.#place === undefined) return
    this.#building = buildingPlace(this.#place)
    this.#file = new OutputFile(this.#building, path)
  }

  write(bytes: Uint8Array): void {
    this.#file ??= new OutputFile(this.#shown, this.#shown, 'w')
    this.#file.write(bytes)
  }

  /** Puts the file in its place. */
  commit(): void {
    this.#file?.close()
    const place = this.#checkPlace()
    if (this.#building !== undefined && place !== undefined) io(this.#shown, () => renameSync(this.#building!, place))
    this.#building = undefined
  }

  /** Leaves nothing behind of a file that was not put in its place. */
  discard(): void {
    try {
      this.#file?.close()
    } finally {
      if (this.#building !== undefined) rmSync(this.#building, { force: true })
      this.#building = undefined
    }
  }

  /** @returns where the file lies, or will: behind symbolic links, so that they stay */
  #checkPlace(): string | undefined {
    const path = this.#shown
    const { name, magic, cureOfFolder, cureOfPipe } = this.#kind
    if (path === '') throw new DumpError(path, `is no place for a ${name} file`)
    return io(path, () => {
      const stat = statSync(path, { throwIfNoEntry: false })
      if (!stat) return newPlace(path)
      if (stat.isDirectory()) throw new DumpError(path, 'is a folder', cureOfFolder)
      if (!stat.isFile()) {
        if (cureOfPipe !== undefined) throw new DumpError(path, 'is no regular file', cureOfPipe)
        return undefined
      }
      const place = realpathSync(path)
      // Nothing is lost with an empty file, as with an empty folder.
      if (stat.size === 0) return place
      if (startOf(place, magic.length) !== magic) throw new DumpError(path, `exists and is no ${name} file`, 'name another one')
      if (!this.#force) throw new DumpError(path, 'exists already', '--force replaces it')
      return place
    })
  }
}

function newPlace(path: string): string {
  if (lstatSync(path, { throwIfNoEntry: false })) throw new DumpError(path, 'is a link that leads nowhere', 'name another file')
  const folder = dirname(resolve(path))
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new DumpError(path, 'the folder that it is to be in does not exist')
  return join(realpathSync(folder), basename(path))
}

/** What --force may replace. */
export interface FileKind {
  readonly name: string
  /** ASCII with which a file of this kind begins. */
  readonly magic: string
  readonly cureOfFolder: string
  /** Undefined where what is no regular file is written as it is. */
  readonly cureOfPipe: string | undefined
}

function startOf(path: string, length: number): string {
  const fd = openSync(path, 'r')
  try {
    const bytes = new Uint8Array(length)
    return new TextDecoder('latin1').decode(bytes.subarray(0, readSync(fd, bytes, 0, length, 0)))
  } finally {
    closeSync(fd)
  }
}

function io<T>(shown: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof DumpError) throw error
    const { code } = error as NodeJS.ErrnoException
    const cure = code === 'ENOSPC' || code === 'EDQUOT' ? 'make room, or name a place that has it' : undefined
    throw new DumpError(shown, ioProblem(error), cure)
  }
}
