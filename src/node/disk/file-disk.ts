// The bytes of a disk in a file.
import { closeSync, fsyncSync, openSync, readSync } from 'node:fs'
import type { BlockStore } from '../../blkback/index.ts'
import { DumpError } from '../../capture/dump-error.ts'
import { ioProblem } from '../io-problem.ts'
import { io, writeWhole } from '../write/output-file.ts'

/** Zeros are written as much as this at once, and looked for as much. */
const CHUNK = 2 ** 20
const ZEROS = new Uint8Array(CHUNK)

/** As many bytes of a disk are zeroed by discards; what goes beyond that keeps its bytes, as a discard allows. */
const MAX_ZEROED = 2 ** 28

/** Writes that follow each other on the disk go out together, so many bytes at the most: a system call each costs more than the rest. */
const GATHERED = 2 ** 17

/** The bytes of a disk in an open file. */
export class FileDisk implements BlockStore {
  readonly #name: string
  readonly #fd: number
  #zeroed = 0
  /** Written and not yet in the file: so many bytes, from a byte of the disk on. */
  readonly #gathered = new Uint8Array(GATHERED)
  #gatheredAt = 0
  #gatheredBytes = 0

  /** @param name what the user calls it */
  constructor(path: string, name: string, flags: 'r' | 'r+') {
    this.#name = name
    this.#fd = io(name, () => openSync(path, flags))
  }

  /** What lies behind the end of the file reads as zeros. */
  read(at: number, into: Uint8Array): void {
    if (this.#gatheredBytes > 0) this.flush()
    let done = this.#readAt(at, into, 0)
    while (done < into.length) {
      const more = this.#readAt(at + done, into, done)
      if (more === 0) break
      done += more
    }
    if (done < into.length) into.fill(0, done)
  }

  write(at: number, from: Uint8Array): void {
    const held = this.#gatheredBytes
    if (held > 0 && (at !== this.#gatheredAt + held || held + from.length > GATHERED)) this.flush()
    if (from.length > GATHERED) {
      this.#writeAt(at, from)
      return
    }
    if (this.#gatheredBytes === 0) this.#gatheredAt = at
    this.#gathered.set(from, this.#gatheredBytes)
    this.#gatheredBytes += from.length
  }

  /** Writes what was gathered, and waits until the disk has it. */
  sync(): void {
    this.flush()
    io(this.#name, () => fsyncSync(this.#fd))
  }

  /** Writes what was gathered. */
  flush(): void {
    const bytes = this.#gatheredBytes
    this.#gatheredBytes = 0
    if (bytes > 0) this.#writeAt(this.#gatheredAt, this.#gathered.subarray(0, bytes))
  }

  /** Zeros, where there are others, up to 256 MiB in all. */
  discard(at: number, length: number): void {
    const end = at + Math.min(length, MAX_ZEROED - this.#zeroed)
    this.#zeroed += Math.max(0, end - at)
    const found = new Uint8Array(Math.min(CHUNK, Math.max(0, end - at)))
    for (let from = at; from < end; from += CHUNK) {
      const part = found.subarray(0, Math.min(CHUNK, end - from))
      this.read(from, part)
      if (Buffer.compare(part, ZEROS.subarray(0, part.length)) !== 0) this.write(from, ZEROS.subarray(0, part.length))
    }
  }

  close(): void {
    closeSync(this.#fd)
  }

  #writeAt(at: number, from: Uint8Array): void {
    try {
      writeWhole(this.#fd, from, at)
    } catch (error) {
      throw new DumpError(this.#name, ioProblem(error))
    }
  }

  #readAt(at: number, into: Uint8Array, from: number): number {
    try {
      return readSync(this.#fd, into, from, into.length - from, at)
    } catch (error) {
      throw new DumpError(this.#name, ioProblem(error))
    }
  }
}
