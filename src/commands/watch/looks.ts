// Looks at a ring that is alive, one after another: what a command prints, a file that changes, or what comes through a pipe.
import childProcess from 'node:child_process'
import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeCapture } from '../../capture/decode-capture.ts'
import { DumpError } from '../../capture/dump-error.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import { momentOf } from '../../doctor/index.ts'
import type { MomentOptions, Snapshot } from '../../gather/moments.ts'
import { snapshotsOf } from '../../gather/moments.ts'
import type { Input } from '../../inputs/inputs.ts'
import type { InputOptions } from '../../inputs/open-options.ts'
import { dumpOfPages, isDump } from '../../inputs/ring-stream.ts'
import { openBytes } from '../../node/read/inputs.ts'
import { openedInput } from '../shared/inputs.ts'

/** What is looked at. */
export type Watched =
  | { readonly kind: 'command'; readonly command: readonly string[] }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stream' }

export interface LookOptions extends InputOptions, Pick<MomentOptions, 'onError' | 'onNote'> {
  /** Seconds from one look to the next. */
  readonly interval: number
  /** Ends the looks, and a command that runs. */
  readonly signal: AbortSignal
}

/** One look: the moments that it showed, none where nothing new was to be seen. */
export interface LiveLook {
  readonly snapshots: readonly Snapshot[]
  /** Seconds since the first, of a clock that nobody sets. */
  readonly seconds: number
}

/** More output than a memory image would be no ring. */
const MAX_OUTPUT = 64 * 2 ** 20

/** The looks, until the signal ends them; those at a stream end with it. */
export async function* looksAt(watched: Watched, options: LookOptions): AsyncGenerator<LiveLook> {
  const start = performance.now()
  const seconds = () => (performance.now() - start) / 1000
  if (watched.kind === 'stream') {
    for await (const snapshots of streamed(options)) yield { snapshots, seconds: seconds() }
    return
  }
  const look = watched.kind === 'command' ? () => runOnce(watched.command, options) : fileLooks(watched.path, options)
  for (let n = 0; !options.signal.aborted; n++) {
    if (n > 0) await pause(start + n * options.interval * 1000 - performance.now(), options.signal)
    if (options.signal.aborted) return
    const at = seconds()
    const input = await look()
    if (options.signal.aborted) return
    try {
      yield { snapshots: input ? [...snapshotsOf(input, options, () => {})] : [], seconds: at }
    } finally {
      input?.close()
    }
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds > 0) await sleep(milliseconds, undefined, { signal }).catch(() => {})
}

/** Runs the command. What it prints is read as an input is; where it fails that is an error, and the next look may be better. */
async function runOnce(command: readonly string[], options: LookOptions): Promise<Input | undefined> {
  const name = command.join(' ')
  try {
    return await openBytes({ name, place: 0 }, await outputOf(command, options.signal), {
      pages: options.pages,
      readAs: options.readAs,
      onError: options.onError,
      onNote: options.onNote,
      indices: true,
    })
  } catch (error) {
    if (!(error instanceof DumpError)) throw error
    if (!options.signal.aborted) options.onError(error)
    return undefined
  }
}

function outputOf([program = '', ...args]: readonly string[], signal: AbortSignal): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const child = childProcess.spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], signal })
    const chunks: Uint8Array[] = []
    let [length, complaint] = [0, '']
    child.stdout.on('data', (chunk: Uint8Array) => {
      length += chunk.length
      if (length <= MAX_OUTPUT) chunks.push(chunk)
      else child.kill()
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (complaint.length < 400) complaint += text
    })
    child.on('error', (error) =>
      reject(new DumpError(program, (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such command' : error.message)),
    )
    child.on('close', (code, killed) => {
      const [line = ''] = complaint.trim().split('\n')
      if (length > MAX_OUTPUT) reject(new DumpError(program, 'it prints more than 64 MiB', 'let it print one ring'))
      else if (code !== 0)
        reject(
          new DumpError(
            program,
            `it ended with ${code ?? killed}${line === '' ? ', and said nothing' : `: ${line.slice(0, 200)}`}`,
          ),
        )
      else resolve(Buffer.concat(chunks))
    })
  })
}

/** A file, or the newest moments of a folder. What nobody wrote since is no new look at the ring. */
function fileLooks(path: string, options: LookOptions): () => Promise<Input | undefined> {
  let before = ''
  return async () => {
    const now = stampOf(path)
    if (now !== undefined && now === before) return undefined
    before = now ?? ''
    return openedInput(path, options, { onError: options.onError, onNote: options.onNote, indices: true })
  }
}

/** Changes with every writing; undefined where it cannot be told. */
function stampOf(path: string): string | undefined {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`
  } catch {
    return undefined
  }
}

/** Rings of standard input, each as soon as all of its pages are there. */
async function* streamed(options: LookOptions): AsyncGenerator<readonly Snapshot[]> {
  const input = await openedInput('-', options, { onError: options.onError, onNote: options.onNote, asStream: true })
  const ring = (options.pages ?? 1) * XEN_PAGE_SIZE
  const moment = (bytes: Uint8Array, number: number): Snapshot => [
    { ...momentOf(decodeCapture(dumpOfPages(`-[${number}]`, bytes, number), options.abi, options.sectorUnit)) },
  ]
  for await (const piece of input.pieces()) {
    if (options.signal.aborted) return
    if (isDump(piece)) yield [[momentOf(decodeCapture(piece, options.abi, options.sectorUnit))]]
    else
      for (let n = 0; n < piece.rings; n++)
        yield [moment(Uint8Array.from(piece.bytes.subarray(n * ring, (n + 1) * ring)), piece.first + n)]
  }
}
