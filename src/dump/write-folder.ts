// A dump folder that appears whole or not at all: it is built beside its place and renamed to it at the end.
import { randomBytes } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { DumpError, ioProblem } from './dump-error.ts'

/** The files that a dump folder is made of: --force replaces a folder of these only. */
const OURS = /^(ring(-\d+)?\.bin|(ring-\d+\.)?indirect-\d+\.bin|xenstore\.txt|scenario\.json)$/

export class FolderWriter {
  /** As the user named it. */
  readonly folder: string
  readonly #force: boolean
  #building: string | undefined

  /** Throws a `DumpError` if the folder exists and may not be replaced. */
  constructor(folder: string, force: boolean) {
    this.folder = folder
    this.#force = force
    this.#checkPlace()
    this.#building = this.#io(() => {
      // Not mkdtemp, whose folders nobody else may read.
      const building = `${resolve(folder)}.tmp-${randomBytes(6).toString('hex')}`
      mkdirSync(building)
      return building
    })
  }

  /** Makes a folder in it, and those above. */
  mkdir(name: string): void {
    this.#io(() => mkdirSync(join(this.#building!, name), { recursive: true }))
  }

  write(name: string, content: string | Uint8Array): void {
    this.#io(() => writeFileSync(join(this.#building!, name), content))
  }

  /** Puts the folder in its place. */
  commit(): void {
    this.#checkPlace()
    const place = resolve(this.folder)
    const old = `${this.#building}.old`
    const replaces = this.#exists()
    this.#io(() => {
      if (replaces) renameSync(place, old)
      try {
        renameSync(this.#building!, place)
      } catch (error) {
        if (replaces) renameSync(old, place)
        throw error
      }
      if (replaces) rmSync(old, { recursive: true, force: true })
    })
    this.#building = undefined
  }

  /** Leaves nothing behind of a folder that was not put in its place. */
  discard(): void {
    if (this.#building !== undefined) rmSync(this.#building, { recursive: true, force: true })
    this.#building = undefined
  }

  #exists(): boolean {
    return lstatSync(resolve(this.folder), { throwIfNoEntry: false }) !== undefined
  }

  #checkPlace(): void {
    const { folder } = this
    if (folder === '' || basename(resolve(folder)) === '') throw new DumpError(folder, 'is no place for a dump folder')
    const stat = this.#io(() => lstatSync(resolve(folder), { throwIfNoEntry: false }))
    if (!stat) return
    if (!stat.isDirectory()) throw new DumpError(folder, 'exists and is no folder', 'name another one')
    const entries = this.#io(() => readdirSync(folder, { withFileTypes: true }))
    // A folder of one of our names may hold anything.
    const foreign = entries.find((entry) => !OURS.test(entry.name) || !entry.isFile())
    if (foreign) throw new DumpError(folder, `exists and holds ${foreign.name}, which is no part of a dump`, 'name another folder')
    // Another folder would come to stand in its place, and the shell would stay in the one that was removed.
    if (isHere(stat)) throw new DumpError(folder, 'is the folder that you are in', 'name another one')
    if (entries.length > 0 && !this.#force) throw new DumpError(folder, 'exists already', '--force replaces it')
  }

  #io<T>(action: () => T): T {
    try {
      return action()
    } catch (error) {
      throw error instanceof DumpError ? error : new DumpError(this.folder, ioProblem(error))
    }
  }
}

function isHere({ dev, ino }: Stats): boolean {
  const here = statSync('.')
  return here.dev === dev && here.ino === ino
}
