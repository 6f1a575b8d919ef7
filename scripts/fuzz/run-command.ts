// The command line of a package, run in this process with its output kept, or in one of its own where it reads standard input.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Said } from './protocol.ts'

export interface Ran {
  readonly args: readonly string[]
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

/** Nothing that is fuzzed prints so much. */
const MAX_PRINTED = 2 ** 26

let printed: Record<1 | 2, { bytes: number; readonly chunks: Buffer[] }> | undefined
let doing = ''
let write: typeof fs.writeSync

function keep(fd: 1 | 2, bytes: Buffer): void {
  if (!printed) return
  const into = printed[fd]
  if (fd === 1 && into.bytes === 0) process.send?.({ doing, printed: true } satisfies Said)
  into.bytes += bytes.length
  // The rest is only counted: it must not fill the memory of the one that looks.
  if (into.bytes <= MAX_PRINTED) into.chunks.push(bytes)
}

/** Standard output and error of this process go to whoever asked last. */
function capture(): void {
  if (write !== undefined) return
  write = fs.writeSync
  const mine = (fd: number, bytes: Uint8Array, at = 0, ...rest: number[]) => {
    if (fd !== 1 && fd !== 2) return write(fd, bytes, at, ...rest)
    keep(fd, Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).subarray(at)))
    return bytes.length - at
  }
  Object.assign(fs, {
    writeSync: mine,
    write: Object.assign((fd: number, bytes: Uint8Array) => mine(fd, bytes), {
      [promisify.custom]: async (fd: number, bytes: Uint8Array) => ({ bytesWritten: mine(fd, bytes), buffer: bytes }),
    }),
  })
  for (const fd of [1, 2] as const) {
    const stream = fd === 1 ? process.stdout : process.stderr
    stream.write = (text: string | Uint8Array) => {
      keep(fd, Buffer.from(text as string))
      return true
    }
  }
}

/** Runs commands of the package in a folder. */
export class Commands {
  readonly #root: string
  #main: ((packageFile: string) => Promise<void>) | undefined

  constructor(root: string) {
    this.#root = root
  }

  async run(args: readonly string[]): Promise<Ran> {
    capture()
    this.#main ??= createRequire(import.meta.url)(join(this.#root, 'dist/cli/blkring.cjs')).main
    printed = { 1: { bytes: 0, chunks: [] }, 2: { bytes: 0, chunks: [] } }
    doing = shown(args)
    process.send?.({ doing, printed: false } satisfies Said)
    process.argv = [process.argv[0]!, 'blkring', ...args]
    delete process.env['FORCE_COLOR']
    process.exitCode = 0
    await this.#main!(join(this.#root, 'package.json'))
    process.removeAllListeners('uncaughtException')
    const exit = Number(process.exitCode ?? 0)
    process.exitCode = 0
    const [stdout, stderr] = ([1, 2] as const).map((fd) => {
      const { bytes, chunks } = printed![fd]
      if (bytes > MAX_PRINTED) throw new Error(`prints ${bytes} bytes: ${doing}`)
      return Buffer.concat(chunks).toString()
    })
    printed = undefined
    return { args, stdout: stdout!, stderr: stderr!, exit }
  }

  /** The same with an input on standard input, in a process of its own. */
  runPiped(args: readonly string[], input: Uint8Array): Ran {
    process.send?.({ doing: shown(args), printed: false } satisfies Said)
    const result = spawnSync(process.execPath, ['--max-old-space-size=200', join(this.#root, 'bin/run.js'), ...args], {
      input,
      maxBuffer: MAX_PRINTED,
      encoding: 'utf8',
    })
    if (result.error && (result.error as NodeJS.ErrnoException).code !== 'EPIPE') throw result.error
    if (result.status === null) throw new Error(`${shown(args)}: ended by ${result.signal}`)
    return { args, stdout: result.stdout, stderr: result.stderr, exit: result.status }
  }
}

/** For messages: inputs lie in a folder that has another name each time. */
export function shown(args: readonly string[]): string {
  return ['blkring', ...args.map((arg) => arg.replace(/^.*blkring-fuzz-[^/]*\//, ''))].join(' ')
}
