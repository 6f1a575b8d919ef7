// The one way to bytes: a file, a pipe, a FIFO or standard input, read from its beginning, with a look ahead. What may have to be
// waited for is read in two ways: `read` leaves the event loop free, so that a signal is heard, and `readNow` waits.
import { closeSync, constants, fstatSync, open, openSync, read, readSync, type Stats, statSync } from 'node:fs'
import { isatty } from 'node:tty'
import { promisify } from 'node:util'
import { DumpError, ioProblem } from '../../capture/dump-error.ts'

const STDIN = 0
/** Milliseconds between two looks at an empty pipe. */
const PAUSE = 3
/** A look ahead of unknown length begins with so many bytes. */
const FIRST_LOOK = 64 * 1024
const NOTHING: Uint8Array = new Uint8Array()

/** `read` found nothing there yet. */
export const WAIT = -1

/** How far the reading of an input has come. */
export interface StreamPlace {
  /** Bytes read from the file; of a compressed one as they lie there. */
  readonly position: number
  /** Undefined for a pipe, and for standard input, which may begin anywhere. */
  readonly size: number | undefined
}

/** What a source reads from. */
export interface Origin {
  readonly path: string
  /** Bytes in all, where that is known; a file of /sys says that it has a page, whatever it holds. */
  readonly size: number | undefined
  /** A read waits until something is there, and never says WAIT: what it gave may be all for a while. */
  readonly waits: boolean
  readonly place: StreamPlace
  /** @returns the bytes read into the buffer from `at` on, 0 at the end, or WAIT where nothing is there yet @throws DumpError */
  read(buffer: Uint8Array, at: number): number | Promise<number>
  /** The same, but waits. Undefined for what can only be read with the event loop. */
  readNow?(buffer: Uint8Array, at: number): number
  /** Bytes at an offset, of what can be read from any place. */
  readAt?(offset: number, into: Uint8Array): number
  close(): void
}

export class ByteSource {
  readonly #origin: Origin
  /** Read already, and to be read again. */
  #head = NOTHING
  #ended = false
  #closed = false

  constructor(origin: Origin) {
    this.#origin = origin
  }

  /** An input of which all bytes are there. */
  static of(path: string, bytes: Uint8Array, close = () => {}): ByteSource {
    const { length } = bytes
    const place = { position: length, size: length }
    const source = new ByteSource({ path, size: length, waits: false, place, read: () => 0, readNow: () => 0, close })
    source.#head = bytes
    return source
  }

  /** As the user named it. */
  get path(): string {
    return this.#origin.path
  }

  get size(): number | undefined {
    return this.#origin.size
  }

  get waits(): boolean {
    return this.#origin.waits
  }

  get place(): StreamPlace {
    return this.#origin.place
  }

  /** Undefined for what can be read only once. */
  get readAt(): Origin['readAt'] {
    return this.#origin.readAt
  }

  /** The next bytes, as many as there are up to a number; they are read again afterwards. */
  peek(length: number): Uint8Array {
    let buffer = this.#head
    for (let at = buffer.length; at < length && !this.#ended; ) {
      if (at === buffer.length) buffer = this.#grown(buffer, length)
      at = this.#keep(buffer, at, this.#readNow(buffer, at))
    }
    return this.#head.subarray(0, length)
  }

  /** Reads so many bytes, or to the end, for `peek`. */
  async ahead(length: number): Promise<void> {
    let buffer = this.#head
    for (let at = buffer.length; at < length && !this.#ended; ) {
      if (at === buffer.length) buffer = this.#grown(buffer, length)
      const got = await this.#origin.read(buffer, at)
      if (got === WAIT) await pause()
      else at = this.#keep(buffer, at, got)
    }
  }

  /** Reads until the buffer is full or the input ends. @returns the bytes read */
  fill(buffer: Uint8Array): number {
    let at = 0
    while (at < buffer.length) {
      const got = this.readNow(buffer, at)
      if (got === 0) break
      at += got
    }
    return at
  }

  /** What is there, into the buffer from `at` on; 0 at the end. */
  readNow(buffer: Uint8Array, at: number): number {
    return this.#take(buffer, at) || (this.#ended ? 0 : this.#readNow(buffer, at))
  }

  /** The same, or WAIT where nothing is there yet. */
  read(buffer: Uint8Array, at: number): number | Promise<number> {
    return this.#take(buffer, at) || (this.#ended ? 0 : this.#origin.read(buffer, at))
  }

  /** All bytes; undefined where they are more than a number. */
  readAll(limit: number): Uint8Array | undefined {
    if (this.size !== undefined && this.size > limit) return undefined
    const bytes = this.peek(limit + 1)
    this.#head = NOTHING
    return bytes.length > limit ? undefined : bytes
  }

  close(): void {
    if (!this.#closed) this.#origin.close()
    this.#closed = true
  }

  #readNow(buffer: Uint8Array, at: number): number {
    if (!this.#origin.readNow) throw new Error(`${this.path}: is read with the event loop only`)
    return this.#origin.readNow(buffer, at)
  }

  #take(buffer: Uint8Array, at: number): number {
    const taken = this.#head.subarray(0, buffer.length - at)
    buffer.set(taken, at)
    this.#head = this.#head.subarray(taken.length)
    return taken.length
  }

  /** A buffer that begins with the same bytes, and has room behind them. */
  #grown(bytes: Uint8Array, most: number): Uint8Array {
    const likely = this.size === undefined ? 2 * bytes.length : this.size + 1
    const buffer = new Uint8Array(Math.min(most, Math.max(FIRST_LOOK, bytes.length + 1, likely)))
    buffer.set(bytes)
    return buffer
  }

  #keep(buffer: Uint8Array, at: number, got: number): number {
    this.#ended = got === 0
    this.#head = buffer.subarray(0, at + got)
    return at + got
  }
}

/** Resolves when it is worth while to read again. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE))
}

let blocked = 0

/** A thread of this process is stuck in a system call, and would keep the process from exiting. */
export function isBlocked(): boolean {
  return blocked > 0
}

async function inThread<T>(work: () => Promise<T>): Promise<T> {
  blocked++
  try {
    return await work()
  } finally {
    blocked--
  }
}

/** Waits for the other end of a FIFO with the event loop free. @throws DumpError */
export async function openSource(path: string): Promise<ByteSource> {
  const fd = path !== '-' && isFifo(path) ? await inThread(() => promisify(open)(path, 'r')) : opened(path)
  const stat = fstatSync(fd)
  const other = stat.isFIFO() ? withoutWaiting(fd) : undefined
  if (other !== undefined && fd !== STDIN) closeSync(fd)
  return sourceOf(
    other ?? fd,
    path,
    stat,
    other === undefined && (stat.isFIFO() || stat.isSocket() || (stat.isCharacterDevice() && isatty(fd))),
  )
}

/** Waits for the other end of a FIFO. @param cureOfFolder what to name in its place @throws DumpError */
export function openFile(path: string, cureOfFolder?: string): ByteSource {
  const fd = opened(path)
  return sourceOf(fd, path, fstatSync(fd), true, cureOfFolder)
}

function opened(path: string): number {
  return path === '-' ? STDIN : io(path, () => openSync(path, 'r'))
}

/** The same pipe under a descriptor that never waits, where the system has such names for descriptors. */
function withoutWaiting(fd: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
}

/** @param threaded a read may wait, and never says that it would */
function sourceOf(fd: number, path: string, stat: Stats, threaded: boolean, cureOfFolder?: string): ByteSource {
  if (stat.isDirectory()) {
    closeSync(fd)
    throw new DumpError(path, 'is a directory', cureOfFolder)
  }
  const size = stat.isFile() ? stat.size : undefined
  let position = 0
  const counted = (bytes: number) => {
    position += Math.max(bytes, 0)
    return bytes
  }
  const readNow = (buffer: Uint8Array, at: number) => readSync(fd, buffer, at, buffer.length - at, null)
  return new ByteSource({
    path,
    size,
    waits: threaded && size === undefined,
    get place() {
      return { position, size: path === '-' ? undefined : size }
    },
    read(buffer, at) {
      if (!threaded || size !== undefined) return counted(unlessEmpty(path, () => readNow(buffer, at)))
      return inThread(() => promisify(read)(fd, buffer, at, buffer.length - at, null)).then(
        ({ bytesRead }) => counted(bytesRead),
        (error) => unlessEmpty(path, () => raise(error)),
      )
    },
    readNow(buffer, at) {
      for (;;) {
        const got = unlessEmpty(path, () => readNow(buffer, at))
        if (got !== WAIT) return counted(got)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
      }
    },
    ...(stat.isFile() || stat.isBlockDevice()
      ? { readAt: (offset: number, into: Uint8Array) => readSync(fd, into, 0, into.length, offset) }
      : {}),
    close: () => {
      if (fd !== STDIN) closeSync(fd)
    },
  })
}

/** @returns 0 at the end, which is an error on Windows, and WAIT where a descriptor that never waits has nothing @throws DumpError */
function unlessEmpty(path: string, reading: () => number): number {
  try {
    return reading()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EOF') return 0
    if (code === 'EAGAIN') return WAIT
    throw new DumpError(path, ioProblem(error))
  }
}

function raise(error: unknown): never {
  throw error
}

/** False also of what cannot be looked at, which opening it says. */
function isFifo(path: string): boolean {
  try {
    return statSync(path).isFIFO()
  } catch {
    return false
  }
}

function io<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw new DumpError(path, ioProblem(error))
  }
}
