// A file of compiled code: what V8 made of bundles while a command ran. V8 looks at its version, its flags and the length of the source, not
// at what the code says: damaged code would end the process. So sums of the source and of the code stand beside each.
import { closeSync, constants, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { isOwn } from './cache-folder.ts'

/** Compiled code of a bundle. */
export interface CompiledBundle {
  /** CRC-32 of the source that it was made of. */
  readonly source: number
  readonly code: Uint8Array
  /** CRC-32 of the code, where it is as a file has it: `isAsWritten` compares the two. */
  readonly sum?: number
}

/** Whether code is what was written. It is asked of what is about to run: a file has the code of bundles that few runs load. */
export function isAsWritten({ code, sum }: CompiledBundle): boolean {
  return sum === undefined || crc32(code) === sum
}

/** A row of the file's first line. */
interface Entry {
  readonly name: string
  readonly source: number
  readonly bytes: number
  readonly sum: number
}

const MAGIC = 'blkring code 1 '
const NEWLINE = 10
/** V8 copies code that begins elsewhere than on a multiple of 8. */
const ALIGN = 8
const MAX_BYTES = 32 * 2 ** 20

/** What a cache file holds, by names of bundles: nothing where it is missing, another's, or damaged. */
export function readCodeCache(path: string, user: number): Map<string, CompiledBundle> {
  try {
    return parse(readOwn(path, user))
  } catch {
    return new Map()
  }
}

/** @throws where the file cannot be read, or anyone but the user can have written it */
function readOwn(path: string, user: number): Uint8Array {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile() || stat.nlink !== 1 || !isOwn(stat, user) || stat.size > MAX_BYTES) throw new Error('not ours')
    const bytes = new Uint8Array(stat.size)
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(fd, bytes, at, bytes.length - at, at)
      if (read === 0) throw new Error('it became shorter')
      at += read
    }
    return bytes
  } finally {
    closeSync(fd)
  }
}

function parse(bytes: Uint8Array): Map<string, CompiledBundle> {
  const end = bytes.indexOf(NEWLINE)
  const line = Buffer.from(bytes.buffer, 0, Math.max(end, 0)).toString('latin1')
  if (!line.startsWith(MAGIC)) return new Map()
  const entries = JSON.parse(line.slice(MAGIC.length)) as readonly Entry[]
  const bundles = new Map<string, CompiledBundle>()
  let at = end + 1
  for (const { name, source, bytes: length, sum } of entries) {
    const code = bytes.subarray(at, at + length)
    at += aligned(length)
    if (code.length !== length) return new Map()
    bundles.set(name, { source, code, sum })
  }
  return at === bytes.length ? bundles : new Map()
}

/** Writes a cache file whole, or throws and leaves what was there. */
export function writeCodeCache(folder: string, name: string, bundles: ReadonlyMap<string, CompiledBundle>): void {
  const building = join(folder, `${name}.${process.pid}`)
  const fd = openSync(building, 'wx', 0o600)
  try {
    try {
      for (const piece of pieces(bundles)) for (let at = 0; at < piece.length; ) at += writeSync(fd, piece, at)
    } finally {
      closeSync(fd)
    }
    renameSync(building, join(folder, name))
  } catch (error) {
    rmSync(building, { force: true })
    throw error
  }
}

function pieces(bundles: ReadonlyMap<string, CompiledBundle>): Uint8Array[] {
  const entries: Entry[] = [...bundles].map(([name, { source, code, sum = crc32(code) }]) => ({
    name,
    source,
    bytes: code.length,
    sum,
  }))
  const line = `${MAGIC}${JSON.stringify(entries)}`
  const head = Buffer.from(`${line.padEnd(aligned(line.length + 1) - 1)}\n`, 'latin1')
  const codes = [...bundles.values()].flatMap(({ code }) => [code, new Uint8Array(aligned(code.length) - code.length)])
  return [head, ...codes]
}

function aligned(length: number): number {
  return Math.ceil(length / ALIGN) * ALIGN
}
