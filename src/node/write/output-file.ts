// Files that are written piece by piece.
import { closeSync, openSync, writeSync } from 'node:fs'
import { DumpError } from '../../capture/dump-error.ts'
import { ioProblem } from '../io-problem.ts'

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
    io(this.#shown, () => writeWhole(this.#fd!, bytes))
  }

  close(): void {
    const fd = this.#fd
    this.#fd = undefined
    if (fd !== undefined) io(this.#shown, () => closeSync(fd))
  }
}

/** Does something with files. @param shown what the user calls the output @throws DumpError where a system call fails */
export function io<T>(shown: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof DumpError) throw error
    const { code } = error as NodeJS.ErrnoException
    const cure = code === 'ENOSPC' || code === 'EDQUOT' ? 'make room, or name a place that has it' : undefined
    throw new DumpError(shown, ioProblem(error), cure)
  }
}

/** Writes all of the bytes: a file system that is nearly full takes a part first. @param place in the file; without it behind what was written */
export function writeWhole(fd: number, bytes: Uint8Array, place?: number): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, place === undefined ? null : place + at)
}
