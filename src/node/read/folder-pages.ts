// The indirect pages in a dump folder. A ring names a page as often as it likes, and so do the moments of a series: each file is read once.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { indirectNames, memberOf } from '../../capture/dump-names.ts'
import type { IndirectPages } from '../../codec/ring/request.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import { measured, openInput, peek } from './input-file.ts'
import { looksLike, MAX_TEXT, TEXT_HEAD } from './input-kind.ts'
import { textRings } from './text-input.ts'

/** Pages of a folder that are kept: those of a whole ring of 16 pages have as many references at the most. */
const MAX_KEPT = 4096

export class FolderPages {
  readonly #folder: string
  #list: ReturnType<typeof listed> | undefined
  readonly #files = new Map<string, Uint8Array | undefined>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * Of each page the one of the ring's own moment, else that of the folder; none where no readable file is.
   * @param ring its file's name
   * @param several the file holds several rings
   */
  of(ring: string, several: boolean): IndirectPages {
    const known = new Map<number, Uint8Array | undefined>()
    return {
      get: (gref) => {
        if (!known.has(gref)) known.set(gref, this.#find(gref, ring))
        return known.get(gref)
      },
      isCommon: (gref) => several || (this.#isSeries() && !this.#own(gref, ring)),
    }
  }

  #isSeries(): boolean {
    return this.#listed().rings > 1
  }

  #own(gref: number, ring: string): boolean {
    const { names } = this.#listed()
    return indirectNames(gref, ring).some((name) => name.startsWith('ring') && names.has(name))
  }

  #listed() {
    this.#list ??= listed(this.#folder)
    return this.#list
  }

  #find(gref: number, ring: string): Uint8Array | undefined {
    const { names } = this.#listed()
    for (const name of indirectNames(gref, ring)) {
      const page = names.has(name) ? this.#read(name) : undefined
      if (page) return page
    }
    return undefined
  }

  #read(name: string): Uint8Array | undefined {
    if (!this.#files.has(name)) {
      if (this.#files.size >= MAX_KEPT) this.#files.clear()
      this.#files.set(name, readPage(join(this.#folder, name)))
    }
    return this.#files.get(name)
  }
}

/** The names that can be a page's, and how many rings there are. */
function listed(folder: string): { readonly names: ReadonlySet<string>; readonly rings: number } {
  try {
    const all = readdirSync(folder)
    return {
      names: new Set(all.filter((name) => name.includes('indirect-'))),
      rings: all.filter((name) => memberOf(name)?.kind === 'ring').length,
    }
  } catch {
    return { names: new Set(), rings: 0 }
  }
}

/** As much of the page as there is, and one byte more, which shows a file that is too long. Of a text, the first page in it. */
function readPage(path: string): Uint8Array | undefined {
  try {
    // A pipe of that name would block.
    if (!statSync(path).isFile()) return undefined
    const file = openInput(path)
    try {
      const looks = looksLike(peek(file, TEXT_HEAD))
      if (looks.kind === 'text' && measured(file, MAX_TEXT) !== XEN_PAGE_SIZE) return textRings(file, looks.encoding, 1)[0]!.bytes
      return peek(file, XEN_PAGE_SIZE + 1).slice()
    } finally {
      file.close()
    }
  } catch {
    return undefined
  }
}
