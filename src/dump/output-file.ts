// Files that are written piece by piece.
import { randomBytes } from 'node:crypto'
import { closeSync, lstatSync, openSync, readSync, realpathSync, renameSync, rmSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { DumpError, ioProblem } from './dump-error.ts'

/** A new file. Every method throws a `DumpError` that names it as it is shown. */
export class OutputFile {
  readonly #shown: string
  #fd: number | undefined

  /** @param shown what the user calls it */
  constructor(path: string, shown: string) {
    this.#shown = shown
    this.#fd = io(shown, () => openSync(path, 'wx'))
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

/** A file that appears whole or not at all: it is written beside its place and renamed to it at the end. */
export class FileWriter {
  readonly #shown: string
  readonly #place: string
  readonly #kind: FileKind
  readonly #force: boolean
  #building: string | undefined
  readonly #file: OutputFile

  /** Throws a `DumpError` if the file exists and may not be replaced. */
  constructor(path: string, force: boolean, kind: FileKind) {
    this.#shown = path
    this.#force = force
    this.#kind = kind
    this.#place = this.#checkPlace()
    const building = `${this.#place}.tmp-${randomBytes(6).toString('hex')}`
    this.#file = new OutputFile(building, path)
    this.#building = building
  }

  write(bytes: Uint8Array): void {
    this.#file.write(bytes)
  }

  /** Puts the file in its place. */
  commit(): void {
    this.#file.close()
    this.#checkPlace()
    io(this.#shown, () => renameSync(this.#building!, this.#place))
    this.#building = undefined
  }

  /** Leaves nothing behind of a file that was not put in its place. */
  discard(): void {
    try {
      this.#file.close()
    } finally {
      if (this.#building !== undefined) rmSync(this.#building, { force: true })
      this.#building = undefined
    }
  }

  /** @returns where the file lies, or will: behind symbolic links */
  #checkPlace(): string {
    const path = this.#shown
    const { name, magic } = this.#kind
    if (path === '') throw new DumpError(path, `is no place for a ${name} file`)
    return io(path, () => {
      if (!lstatSync(path, { throwIfNoEntry: false })) return resolve(path)
      const place = realpathSync(path)
      const stat = lstatSync(place)
      if (stat.isDirectory()) throw new DumpError(path, 'is a folder', this.#kind.cureOfFolder)
      if (!stat.isFile()) throw new DumpError(path, 'is no regular file', this.#kind.cureOfPipe)
      if (!this.#force) throw new DumpError(path, 'exists already', '--force replaces it')
      if (stat.size > 0 && startOf(place, magic.length) !== magic)
        throw new DumpError(path, `exists and is no ${name} file`, 'name another one')
      return place
    })
  }
}

/** What --force may replace. */
export interface FileKind {
  readonly name: string
  /** ASCII with which a file of this kind begins. */
  readonly magic: string
  readonly cureOfFolder: string
  readonly cureOfPipe: string
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
