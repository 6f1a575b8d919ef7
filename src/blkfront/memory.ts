// The guest's memory, as far as anyone looks at it: 4 KiB frames by gfn, made when first touched.
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { PageSize } from './config.ts'
import type { DataPattern } from './data-pattern.ts'
import { chunksPerPage } from './driver-model.ts'

/** `driver`: only pages that the driver owns have contents. `all`: data pages too, so that data can be followed from end to end. */
export type Contents = 'driver' | 'all'

interface Frame {
  readonly bytes: Uint8Array
  /** Data that it is full of, once somebody looks: most is written over unseen. */
  due: keyof DataPattern | undefined
  first: number
  second: number
}

/** The guest's memory as frames of 4 KiB by gfn, which are made when they are first touched. */
/** Frames that are found by their place: more than the pages of a ring that is full of requests as Linux sends them by default. */
const MAX_OWN = 2 ** 16

export class GuestMemory {
  readonly contents: Contents
  /** Linux pages handed to the driver. */
  allocatedPages = 0
  readonly #firstPage: number
  readonly #chunksPerPage: number
  /** The byte that a page handed to the driver is full of. */
  readonly #fill: number
  readonly data: DataPattern
  readonly #frames: Map<number, Frame> = new Map()
  /** The same of the first of the driver's own pages, from the first frame on: nearly all that is looked at. */
  readonly #own: (Frame | undefined)[] = []
  #touched = 0

  /** @param firstPage PFN of the first page handed out; each next page is the next PFN */
  constructor(pageSize: PageSize, firstPage: number, fill: number, contents: Contents, data: DataPattern) {
    this.contents = contents
    this.#firstPage = firstPage
    this.#chunksPerPage = chunksPerPage(pageSize)
    this.#fill = fill
    this.data = data
  }

  /** Frames that were touched, of XEN_PAGE_SIZE bytes each. */
  get touchedFrames(): number {
    return this.#touched
  }

  /** Hands pages to the driver. @returns PFN of the first */
  allocate(pages: number): number {
    const first = this.#firstPage + this.allocatedPages
    this.allocatedPages += pages
    const own = Math.min(this.allocatedPages * this.#chunksPerPage, MAX_OWN)
    while (this.#own.length < own) this.#own.push(undefined)
    return first
  }

  /** PFN of the page that is handed out next. */
  get nextPage(): number {
    return this.#firstPage + this.allocatedPages
  }

  /** gfn of a 4 KiB chunk of a Linux page: the guest's frames are numbered as they lie. */
  gfnOf(page: number, chunk = 0): number {
    return page * this.#chunksPerPage + chunk
  }

  /** The bytes of a frame, to read and write in place; undefined where they are not kept. */
  frame(gfn: number): Uint8Array | undefined {
    const frame = this.#frame(gfn)
    return frame && this.#settled(frame)
  }

  /**
   * Puts data in the bytes [from, to) of a frame, where its bytes are kept.
   * @param kind `write`: of a Linux page, by its number and the offset there; `read`: of a segment, by the request's id and its number
   */
  put(gfn: number, from: number, to: number, kind: keyof DataPattern, first: number, second: number): void {
    const frame = this.#frame(gfn)
    if (!frame) return
    if (from === 0 && to === XEN_PAGE_SIZE) {
      frame.due = kind
      frame.first = first
      frame.second = second
    } else this.#fillPart(part(this.#settled(frame), from, to), from, kind, first, second)
  }

  #settled(frame: Frame): Uint8Array {
    const { bytes, due, first, second } = frame
    if (due) {
      frame.due = undefined
      this.#fillPart(bytes, 0, due, first, second)
    }
    return bytes
  }

  #fillPart(target: Uint8Array, from: number, kind: keyof DataPattern, first: number, second: number): void {
    if (kind === 'write') this.data.write(first, second, target)
    else this.data.read(first, second, from, target)
  }

  #frame(gfn: number): Frame | undefined {
    const n = gfn - this.#firstPage * this.#chunksPerPage
    const frame = (n >= 0 && n < this.#own.length ? this.#own[n] : undefined) ?? this.#frames.get(gfn)
    if (frame) return frame
    const owned = n >= 0 && n < this.allocatedPages * this.#chunksPerPage
    if (!owned && this.contents === 'driver') return undefined
    const made: Frame = { bytes: new Uint8Array(XEN_PAGE_SIZE), due: undefined, first: 0, second: 0 }
    if (owned && this.#fill !== 0) made.bytes.fill(this.#fill)
    if (n >= 0 && n < this.#own.length) this.#own[n] = made
    else this.#frames.set(gfn, made)
    this.#touched++
    return made
  }
}

/** The bytes [from, to) of a frame; the frame itself where that is all of it, since making a view costs more than filling it. */
function part(frame: Uint8Array, from: number, to: number): Uint8Array {
  return from === 0 && to === frame.length ? frame : frame.subarray(from, to)
}
