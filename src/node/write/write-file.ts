// A file that appears whole or not at all.
import { closeSync, lstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { AtomicOutput, type Cures } from './atomic-output.ts'
import { OutputFile } from './output-file.ts'

/** A kind of files that may be replaced. */
export interface FileKind {
  readonly name: string
  /** ASCII with which a file of this kind begins. */
  readonly magic: string
  /** What is no regular file (a pipe, /dev/stdout) is written as it is. */
  readonly allowsPipes?: boolean
}

export interface FileOutputOptions {
  readonly kind: FileKind
  /** Replace a file of the kind that is there. */
  readonly replace: boolean
  readonly cures?: Cures
}

/** Writes a file that appears whole or not at all; what is no regular file is written in its place. */
export class FileWriter extends AtomicOutput {
  readonly #kind: FileKind
  readonly #replace: boolean
  /** The open file; a pipe is opened with the first bytes for it. */
  #file: OutputFile | undefined

  /** @throws OutputRefused where the file exists and may not be replaced */
  constructor(path: string, { kind, replace, cures = {} }: FileOutputOptions) {
    super(path, cures)
    this.#kind = kind
    this.#replace = replace
    const place = this.#place()
    if (place !== undefined) this.#file = new OutputFile(this.begin(place), path)
  }

  write(bytes: Uint8Array): void {
    this.#file ??= new OutputFile(this.path, this.path, 'w')
    this.#file.write(bytes)
  }

  /** Puts the file in its place. */
  commit(): void {
    this.#file?.close()
    const place = this.#place()
    if (this.building !== undefined && place !== undefined) this.finish(place)
  }

  override discard(): void {
    try {
      this.#file?.close()
    } finally {
      super.discard()
    }
  }

  /** Where the file lies, or will: behind symbolic links, so that they stay; undefined of what is no regular file. */
  #place(): string | undefined {
    const { path } = this
    const { name, magic, allowsPipes = false } = this.#kind
    if (path === '') throw this.refusal('nameless', `is no place for a ${name} file`)
    return this.io(() => {
      const stat = statSync(path, { throwIfNoEntry: false })
      if (!stat) return this.#newPlace()
      if (stat.isDirectory()) throw this.refusal('folder', 'is a folder', 'name a file')
      if (!stat.isFile()) {
        if (!allowsPipes) throw this.refusal('special', 'is no regular file', 'name a file')
        return undefined
      }
      const place = realpathSync(path)
      // Nothing is lost with an empty file, as with an empty folder.
      if (stat.size === 0) return place
      if (startOf(place, magic.length) !== magic)
        throw this.refusal('other-file', `exists and is no ${name} file`, 'name another one')
      if (!this.#replace) throw this.refusal('exists', 'exists already', 'name another one')
      return place
    })
  }

  #newPlace(): string {
    const { path } = this
    if (lstatSync(path, { throwIfNoEntry: false }))
      throw this.refusal('dangling', 'is a link that leads nowhere', 'name another file')
    const folder = dirname(resolve(path))
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      throw this.refusal('no-parent', 'the folder that it is to be in does not exist')
    return join(realpathSync(folder), basename(path))
  }
}

function startOf(path: string, length: number): string {
  const fd = openSync(path, 'r')
  try {
    const bytes = new Uint8Array(length)
    return new TextDecoder('latin1').decode(bytes.subarray(0, readSync(fd, bytes, 0, length, 0)))
  } finally {
    closeSync(fd)
  }
}
