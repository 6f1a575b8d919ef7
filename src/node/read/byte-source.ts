// Bytes from a file, a pipe or standard input, into a buffer of the caller's. A file is read synchronously, which is the
// fastest; of what may have to be waited for the event loop is left free, so that a signal is heard.
import { closeSync, constants, fstatSync, open, openSync, read, readSync, type Stats } from 'node:fs'
import { isatty } from 'node:tty'
import { promisify } from 'node:util'
import { DumpError, ioProblem } from '../../capture/dump-error.ts'

const STDIN = 0
/** Milliseconds between two looks at an empty pipe. */
const PAUSE = 3

export interface ByteSource {
  /** As the user named it. */
  readonly path: string
  /** Bytes of a regular file when it was opened; undefined for all else. */
  readonly size: number | undefined
  /** A read waits until something is there, and never says WAIT: what it gave may be all for a while. */
  readonly waits: boolean
  /** Bytes read so far: of a compressed input, before unpacking. */
  readonly position: number
  /**
   * Reads what is there into the buffer from `at` on.
   * @returns the bytes read, 0 at the end, or WAIT where nothing is there yet
   * @throws DumpError
   */
  read(buffer: Uint8Array, at: number): number | Promise<number>
  close(): void
}

export const WAIT = -1

/** Resolves when it is worth while to read again. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE))
}

/** Reads until the buffer is full or the input ends. @returns the bytes read */
export async function fill(source: ByteSource, buffer: Uint8Array): Promise<number> {
  let at = 0
  while (at < buffer.length) {
    const got = await source.read(buffer, at)
    if (got === 0) break
    if (got === WAIT) await pause()
    else at += got
  }
  return at
}

/** A look ahead: the next bytes, as many as there are up to a number, and the source as it was before. */
export async function ahead(
  source: ByteSource,
  length: number,
): Promise<{ readonly bytes: Uint8Array; readonly source: ByteSource }> {
  const buffer = new Uint8Array(length)
  const bytes = buffer.subarray(0, await fill(source, buffer))
  let left = bytes
  const again: ByteSource = {
    path: source.path,
    size: source.size,
    waits: source.waits,
    get position() {
      return source.position
    },
    read(into, at) {
      if (left.length === 0) return source.read(into, at)
      const taken = left.subarray(0, into.length - at)
      into.set(taken, at)
      left = left.subarray(taken.length)
      return taken.length
    },
    close: () => source.close(),
  }
  return { bytes, source: again }
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

/** @throws DumpError */
export async function openSource(path: string): Promise<ByteSource> {
  try {
    const fd = path === '-' ? STDIN : await inThread(() => promisify(open)(path, 'r'))
    const stat = fstatSync(fd)
    const wait = mayWait(fd, stat)
    const other = wait ? reopened(fd, stat) : undefined
    if (other !== undefined && fd !== STDIN) closeSync(fd)
    return source(other ?? fd, path, stat.isFile() && path !== '-' ? stat.size : undefined, wait && other === undefined)
  } catch (error) {
    throw error instanceof DumpError ? error : new DumpError(path, ioProblem(error))
  }
}

function mayWait(fd: number, stat: Stats): boolean {
  return stat.isFIFO() || stat.isSocket() || isatty(fd)
}

/** The same pipe under a descriptor that never waits, where the system has such names for descriptors. */
function reopened(fd: number, stat: Stats): number | undefined {
  if (!stat.isFIFO()) return undefined
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
}

function source(fd: number, path: string, size: number | undefined, threaded: boolean): ByteSource {
  let position = 0
  const counted = (bytes: number) => {
    position += Math.max(bytes, 0)
    return bytes
  }
  return {
    path,
    size,
    waits: threaded,
    get position() {
      return position
    },
    read(buffer, at) {
      if (threaded) return inThread(() => readInThread(fd, path, buffer, at)).then(counted)
      return counted(readNow(fd, path, buffer, at))
    },
    close: () => {
      if (fd !== STDIN) closeSync(fd)
    },
  }
}

function readNow(fd: number, path: string, buffer: Uint8Array, at: number): number {
  try {
    return readSync(fd, buffer, at, buffer.length - at, null)
  } catch (error) {
    return problem(error, path)
  }
}

async function readInThread(fd: number, path: string, buffer: Uint8Array, at: number): Promise<number> {
  try {
    const { bytesRead } = await promisify(read)(fd, buffer, at, buffer.length - at, null)
    return bytesRead
  } catch (error) {
    return problem(error, path)
  }
}

function problem(error: unknown, path: string): number {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EOF') return 0
  if (code === 'EAGAIN') return WAIT
  throw new DumpError(path, ioProblem(error))
}
