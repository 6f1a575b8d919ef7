// A folder that appears whole or not at all.
import { lstatSync, mkdirSync, readdirSync, type Stats, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { isDumpPath, isRawName, queueOfFolder } from '../../capture/dump-names.ts'
import { AtomicOutput, type Cures } from './atomic-output.ts'
import { OutputFile } from './output-file.ts'

/** What a folder is made of, by paths below it: a folder of these only may be replaced. */
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

/** What a folder is, and whether it may replace another. */
export interface FolderOutputOptions {
  /** A dump folder, unless it is said. */
  readonly kind?: FolderKind
  /** Replace a folder that holds nothing else; `never`: whatever is in it, there is no way to. */
  readonly replace: boolean | 'never'
  readonly cures?: Cures
}

/** Writes a folder that appears whole or not at all: it is built beside its place and renamed to it at the end. */
export class FolderWriter extends AtomicOutput {
  readonly #kind: FolderKind
  readonly #replace: boolean | 'never'

  /** @throws OutputRefused where the folder exists and may not be replaced */
  constructor(path: string, { kind = DUMP, replace, cures = {} }: FolderOutputOptions) {
    super(path, cures)
    this.#kind = kind
    this.#replace = replace
    const building = this.begin(this.#place())
    // Not mkdtemp, whose folders nobody else may read.
    this.io(() => mkdirSync(building))
  }

  /** Makes a folder in it, and those above. */
  mkdir(name: string): void {
    this.io(() => mkdirSync(this.#at(name), { recursive: true }))
  }

  write(name: string, content: string | Uint8Array): void {
    this.io(() => writeFileSync(this.#at(name), content))
  }

  /** Where a file of it lies until it is put in its place. */
  placeOf(name: string): string {
    return this.#at(name)
  }

  /** A file that is written piece by piece, and the folders above it. */
  open(name: string): OutputFile {
    this.mkdir(dirname(name))
    return new OutputFile(this.#at(name), join(this.path, name))
  }

  /** Puts the folder in its place. */
  commit(): void {
    this.finish(this.#place())
  }

  #at(name: string): string {
    return join(this.building!, name)
  }

  #place(): string {
    const { path } = this
    const { name } = this.#kind
    const place = resolve(path)
    if (path === '' || basename(place) === '') throw this.refusal('nameless', `is no place for a ${name} folder`)
    const stat = this.io(() => lstatSync(place, { throwIfNoEntry: false }))
    if (!stat) {
      if (isRawName(path)) throw this.refusal('file-name', `is the name of a file, and a ${name} is a folder`, 'name a folder')
      return place
    }
    if (!stat.isDirectory()) throw this.refusal('no-folder', 'exists and is no folder', 'name another one')
    // Another folder would come to stand in its place, and the shell would stay in the one that was removed.
    if (isHere(stat)) throw this.refusal('working-folder', 'is the folder that you are in', 'name another one')
    if (this.io(() => readdirSync(path)).length === 0) return place
    const cure = 'name another folder'
    const foreign = this.#replace === 'never' ? undefined : this.io(() => this.#foreign(''))
    if (foreign !== undefined)
      throw this.refusal('foreign', `exists and holds ${foreign}, which is no part of a ${name}`, cure, foreign)
    if (this.#replace !== true) throw this.refusal('exists', 'exists already', cure)
    return place
  }

  /** The first entry that is none of ours; a folder of one of our names may hold anything. */
  #foreign(below: string): string | undefined {
    const kind = this.#kind
    for (const entry of readdirSync(join(this.path, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory() && kind.isFolder(path)) {
        const foreign = this.#foreign(path)
        if (foreign !== undefined) return foreign
      } else if (!entry.isFile() || !kind.isFile(path)) return path
    }
    return undefined
  }
}

function isHere({ dev, ino }: Stats): boolean {
  const here = statSync('.')
  return here.dev === dev && here.ino === ino
}
