// Files, pipes, FIFOs and standard input as bytes from their beginning.
import { closeSync, constants, fstatSync, open, openSync, read, readSync, statSync } from 'node:fs'
import { promisify } from 'node:util'
import { DumpError } from '../../capture/dump-error.ts'
import { ByteSource, type StreamPlace, WAIT } from '../../inputs/byte-source.ts'
import { ioProblem } from '../io-problem.ts'

const STDIN = 0
/** Milliseconds between two looks at an empty pipe. */
const PAUSE = 3

class OpenFile extends ByteSource {
  readonly #fd: number
  #position = 0
  #isOpen = true
  override readonly readAt?: (offset: number, into: Uint8Array) => number

  /** @param waits a read waits until something is there @throws DumpError for a folder @param cureOfFolder what to name in its place */
  constructor(fd: number, path: string, waits: boolean, cureOfFolder?: string) {
    const stat = fstatSync(fd)
    super(path, stat.isFile() ? stat.size : undefined, waits && !stat.isFile())
    this.#fd = fd
    if (stat.isFile() || stat.isBlockDevice()) this.readAt = (offset, into) => readSync(fd, into, 0, into.length, offset)
    if (!stat.isDirectory()) return
    this.close()
    throw new DumpError(path, 'is a directory', cureOfFolder)
  }

  get place(): StreamPlace {
    return { position: this.#position, size: this.path === '-' ? undefined : this.size }
  }

  close(): void {
    if (this.#isOpen && this.#fd !== STDIN) closeSync(this.#fd)
    this.#isOpen = false
  }

  protected more(buffer: Uint8Array, at: number): number | Promise<number> {
    return this.waits ? this.#inThread(buffer, at) : this.#now(buffer, at)
  }

  protected moreNow(buffer: Uint8Array, at: number): number {
    for (;;) {
      const got = this.#now(buffer, at)
      if (got !== WAIT) return got
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
    }
  }

  #now(buffer: Uint8Array, at: number): number {
    try {
      const got = readSync(this.#fd, buffer, at, buffer.length - at, null)
      this.#position += got
      return got
    } catch (error) {
      return this.#nothing(error)
    }
  }

  async #inThread(buffer: Uint8Array, at: number): Promise<number> {
    try {
      const { bytesRead } = await inThread(() => promisify(read)(this.#fd, buffer, at, buffer.length - at, null))
      this.#position += bytesRead
      return bytesRead
    } catch (error) {
      return this.#nothing(error)
    }
  }

  /** At the end, which is an error on Windows, and where a descriptor that never waits has nothing. @throws DumpError */
  #nothing(error: unknown): number {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EOF') return 0
    if (code === 'EAGAIN') return WAIT
    throw new DumpError(this.path, ioProblem(error))
  }
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
  try {
    const waits = path !== '-' && statSync(path).isFIFO()
    const fd = path === '-' ? STDIN : waits ? await inThread(() => promisify(open)(path, 'r')) : openSync(path, 'r')
    const stat = fstatSync(fd)
    const other = stat.isFIFO() ? withoutWaiting(fd) : undefined
    if (other !== undefined && fd !== STDIN) closeSync(fd)
    const isTerminal = stat.isCharacterDevice() && (await import('node:tty')).isatty(fd)
    const isSlow = other === undefined && (stat.isFIFO() || stat.isSocket() || isTerminal)
    return new OpenFile(other ?? fd, path, isSlow)
  } catch (error) {
    throw error instanceof DumpError ? error : new DumpError(path, ioProblem(error))
  }
}

/** Waits for the other end of a FIFO. @param cureOfFolder what to name in its place @throws DumpError */
export function openFile(path: string, cureOfFolder?: string): ByteSource {
  try {
    return new OpenFile(path === '-' ? STDIN : openSync(path, 'r'), path, true, cureOfFolder)
  } catch (error) {
    throw error instanceof DumpError ? error : new DumpError(path, ioProblem(error))
  }
}

/** The same pipe under a descriptor that never waits, where the system has such names for descriptors. */
function withoutWaiting(fd: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
}
