// A folder that appears whole or not at all: it is built beside its place and renamed to it at the end.
import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { DumpError, ioProblem } from '../../capture/dump-error.ts'
import { isDumpPath, queueOfFolder } from '../../capture/dump-names.ts'
import { buildingPlace, oldPlace } from './building.ts'
import { OutputFile } from './output-file.ts'

/** What a folder is made of, by paths below it: --force replaces a folder of these only. */
export interface FolderKind {
  readonly name: string
  isFile(path: string): boolean
  isFolder(path: string): boolean
}

const DUMP: FolderKind = {
  name: 'dump',
  isFile: isDumpPath,
  isFolder: (path) => queueOfFolder(path) !== undefined,
}

/** Writes a folder that appears whole or not at all: it is built beside its place and renamed at the end. */
export class FolderWriter {
  /** As the user named it. */
  readonly folder: string
  readonly #force: boolean | 'never'
  readonly #kind: FolderKind
  #building: string | undefined

  /**
   * Throws a `DumpError` if the folder exists and may not be replaced.
   * @param force replace one that holds nothing else; never, where the command has no --force to offer
   */
  constructor(folder: string, force: boolean | 'never', kind = DUMP) {
    this.folder = folder
    this.#force = force
    this.#kind = kind
    this.#checkPlace()
    this.#building = this.#io(() => {
      // Not mkdtemp, whose folders nobody else may read.
      const building = buildingPlace(resolve(folder))
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

  /** A file that is written piece by piece, and the folders above it. */
  open(name: string): OutputFile {
    return this.#io(() => {
      const path = join(this.#building!, name)
      mkdirSync(dirname(path), { recursive: true })
      return new OutputFile(path, join(this.folder, name))
    })
  }

  /** Puts the folder in its place. */
  commit(): void {
    this.#checkPlace()
    const place = resolve(this.folder)
    const old = oldPlace(this.#building!)
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
    const { name } = this.#kind
    if (folder === '' || basename(resolve(folder)) === '') throw new DumpError(folder, `is no place for a ${name} folder`)
    const stat = this.#io(() => lstatSync(resolve(folder), { throwIfNoEntry: false }))
    if (!stat) return
    if (!stat.isDirectory()) throw new DumpError(folder, 'exists and is no folder', 'name another one')
    // Another folder would come to stand in its place, and the shell would stay in the one that was removed.
    if (isHere(stat)) throw new DumpError(folder, 'is the folder that you are in', 'name another one')
    if (this.#io(() => readdirSync(folder)).length === 0) return
    if (this.#force === 'never') throw new DumpError(folder, 'exists already', 'name another folder')
    const foreign = this.#io(() => this.#foreign(''))
    if (foreign) throw new DumpError(folder, `exists and holds ${foreign}, which is no part of a ${name}`, 'name another folder')
    if (!this.#force) throw new DumpError(folder, 'exists already', '--force replaces it')
  }

  /** The first entry that is none of ours; a folder of one of our names may hold anything. */
  #foreign(below: string): string | undefined {
    const kind = this.#kind
    for (const entry of readdirSync(join(this.folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory() && kind.isFolder(path)) {
        const foreign = this.#foreign(path)
        if (foreign !== undefined) return foreign
      } else if (!entry.isFile() || !kind.isFile(path)) return path
    }
    return undefined
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
