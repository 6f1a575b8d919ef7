// The pages in a dump folder that requests name, of segments and of data. A ring names a page as often as it likes, and so do the moments of a series: each file is read once.
import { join } from 'node:path'
import type { PagesOfData } from '../capture/capture.ts'
import { memberOf, type PageKind, pageNames } from '../capture/dump-names.ts'
import { encodingOf } from '../capture/encoding.ts'
import type { IndirectPages } from '../codec/ring/indirect-pages.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { type Files, ifReadable, namesIn, withMember } from './files.ts'
import { lookNow } from './look.ts'
import { HEAD_BYTES, MAX_TEXT, measured } from './sizes.ts'
import { textRings } from './text-rings.ts'

/** Pages of a folder that are kept: those of a whole ring of 16 pages have as many references at the most. */
const MAX_KEPT = 4096

export class FolderPages {
  readonly #files: Files
  readonly #folder: string
  #list: ReturnType<typeof listed> | undefined
  readonly #pages = new Map<string, Uint8Array | undefined>()

  constructor(files: Files, folder: string) {
    this.#files = files
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
        if (!known.has(gref)) known.set(gref, this.#find('indirect', gref, ring))
        return known.get(gref)
      },
      isCommon: (gref) => several || (this.#isSeries() && !this.#own(gref, ring)),
    }
  }

  /** The same of pages of data. */
  dataOf(ring: string): PagesOfData {
    return { get: (gref) => this.#find('data', gref, ring) }
  }

  #isSeries(): boolean {
    return this.#listed().rings > 1
  }

  #own(gref: number, ring: string): boolean {
    const { names } = this.#listed()
    return pageNames('indirect', gref, ring).some((name) => name.startsWith('ring') && names.has(name))
  }

  #listed() {
    this.#list ??= listed(this.#files, this.#folder)
    return this.#list
  }

  #find(kind: PageKind, gref: number, ring: string): Uint8Array | undefined {
    const { names } = this.#listed()
    for (const name of pageNames(kind, gref, ring)) {
      const page = names.has(name) ? this.#read(name) : undefined
      if (page) return page
    }
    return undefined
  }

  #read(name: string): Uint8Array | undefined {
    if (!this.#pages.has(name)) {
      if (this.#pages.size >= MAX_KEPT) this.#pages.clear()
      this.#pages.set(
        name,
        ifReadable(() => readPage(this.#files, join(this.#folder, name))),
      )
    }
    return this.#pages.get(name)
  }
}

/** The names that can be a page's, and how many rings there are. */
function listed(files: Files, folder: string): { readonly names: ReadonlySet<string>; readonly rings: number } {
  const all = namesIn(files, folder)
  return {
    names: new Set(all.filter((name) => name.includes('indirect-') || name.includes('data-'))),
    rings: all.filter((name) => memberOf(name)?.kind === 'ring').length,
  }
}

/** As much of the page as there is, and one byte more, which shows a file that is too long. Of a text, the first page in it. */
function readPage(files: Files, path: string): Uint8Array {
  return withMember(files, path, (file) => {
    const encoding = encodingOf(file.peek(HEAD_BYTES))
    const isText = encoding !== undefined && lookNow(measured(file, MAX_TEXT)) !== XEN_PAGE_SIZE
    return isText ? textRings(file, encoding, 1)[0]!.bytes : file.peek(XEN_PAGE_SIZE + 1).slice()
  })
}
