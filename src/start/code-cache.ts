// A file of compiled code: what V8 made of bundles while a command ran. V8 looks at its version, its flags and the length of the source, not
// at what the code says: damaged code would end the process. So the source that it was made of lies beside it, and the code lies there
// twice: bytes are compared in less time than Node needs to load its checksums (node:zlib).
import { closeSync, constants, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { isOwn } from './cache-folder.ts'

/** Compiled code of a bundle, and the source that it was made of. */
export interface CompiledBundle {
  readonly source: Uint8Array
  readonly code: Uint8Array
}

/** A row of the file's first line: lengths of a source and its code. */
interface Entry {
  readonly name: string
  readonly source: number
  readonly code: number
}

const MAGIC = 'blkring code 2 '
const NEWLINE = 10
/** V8 copies code that begins elsewhere than on a multiple of 8. */
const ALIGN = 8
const MAX_BYTES = 64 * 2 ** 20
const MAX_HEAD = 4096
/** So many bytes are compared at a time. */
const STEP = 64 * 1024

/** What a cache file holds. Of a bundle that no run loads nothing is read but its name. */
export class CodeCache {
  readonly #fd: number
  readonly #places = new Map<string, Entry & { readonly at: number }>()

  /** @param path of a file @throws where the file cannot be read, anyone but the user can have written it, or it is damaged */
  constructor(path: string, user: number) {
    this.#fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const stat = fstatSync(this.#fd)
      if (!stat.isFile() || stat.nlink !== 1 || !isOwn(stat, user) || stat.size > MAX_BYTES) throw new Error('not ours')
      const head = this.#read(0, Math.min(MAX_HEAD, stat.size))
      const end = head.indexOf(NEWLINE)
      const line = head.toString('latin1', 0, Math.max(end, 0))
      if (!line.startsWith(MAGIC)) throw new Error('of another version')
      let at = end + 1
      for (const entry of JSON.parse(line.slice(MAGIC.length)) as readonly Entry[]) {
        const bytes = aligned(entry.source) + 2 * aligned(entry.code)
        if (!(entry.source >= 0 && entry.code >= 0 && at + bytes <= stat.size)) throw new Error('damaged')
        this.#places.set(entry.name, { ...entry, at })
        at += bytes
      }
      if (at !== stat.size) throw new Error('damaged')
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Compiled code of a bundle: undefined where there is none of this source, or it is not as it was written. */
  codeOf(name: string, source: Uint8Array): Uint8Array | undefined {
    const place = this.#places.get(name)
    try {
      return place?.source === source.length && this.#has(place.at, source) ? this.#codeAt(place) : undefined
    } catch {
      return undefined
    }
  }

  /** All bundles of it whose code is as it was written. */
  *bundles(): Generator<[name: string, CompiledBundle]> {
    for (const [name, place] of this.#places) {
      const code = this.#codeAt(place)
      if (code) yield [name, { source: this.#read(place.at, place.source), code }]
    }
  }

  close(): void {
    closeSync(this.#fd)
  }

  #codeAt(place: Entry & { readonly at: number }): Uint8Array | undefined {
    const at = place.at + aligned(place.source)
    const code = this.#read(at, place.code)
    return this.#has(at + aligned(place.code), code) ? code : undefined
  }

  /** @throws where the file is shorter */
  #read(from: number, length: number, into = Buffer.allocUnsafeSlow(length)): Buffer {
    for (let at = 0; at < length; ) {
      const read = readSync(this.#fd, into, at, length - at, from + at)
      if (read === 0) throw new Error('it became shorter')
      at += read
    }
    return into
  }

  /** Whether the file has these bytes there. */
  #has(from: number, bytes: Uint8Array): boolean {
    const step = Buffer.allocUnsafeSlow(Math.min(STEP, bytes.length))
    for (let at = 0; at < bytes.length; at += STEP) {
      const length = Math.min(STEP, bytes.length - at)
      this.#read(from + at, length, step)
      if (step.compare(bytes, at, at + length, 0, length) !== 0) return false
    }
    return true
  }
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
  const entries = [...bundles].map(([name, { source, code }]): Entry => ({ name, source: source.length, code: code.length }))
  const line = `${MAGIC}${JSON.stringify(entries)}`
  const head = Buffer.from(`${line.padEnd(aligned(line.length + 1) - 1)}\n`, 'latin1')
  return [head, ...[...bundles.values()].flatMap(({ source, code }) => [source, code, code].flatMap(padded))]
}

function padded(bytes: Uint8Array): Uint8Array[] {
  return [bytes, new Uint8Array(aligned(bytes.length) - bytes.length)]
}

function aligned(length: number): number {
  return Math.ceil(length / ALIGN) * ALIGN
}
