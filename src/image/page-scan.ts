// One pass over the pages of an image, in memory of one buffer: what begins like a ring is scored, what reads as the first frame of a
// grant table is remembered.

import { hasSignature, WORDS_PER_PAGE } from '../codec/recognise/header.ts'
import { MAX_RING_PAGES } from '../codec/ring/geometry.ts'
import { GNTTAB_NR_RESERVED_ENTRIES } from '../codec/xen/grant-table.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { ENTRY_WORDS, firstFrameVersion, type GrantVersion, PROBED_WORDS } from './grant-page.ts'
import type { Extent, ImageMap } from './image-map.ts'
import type { ByteReader } from './reader.ts'
import { RING_SCORE, type RingScore, scoreNamed, scoreRing } from './ring-score.ts'

/** A page, or the first of several that follow each other. */
export interface PagePlace {
  /** Byte offset in the image. */
  readonly offset: number
  /** Its number among the pages of its extent, which is that of its entry in a frame table. */
  readonly entry: number
}

export interface Sighting {
  readonly place: PagePlace
  readonly score: RingScore
  /** A copy of the ring's pages. */
  readonly bytes: Uint8Array
}

/** A page that reads as the first frame of a grant table. */
export interface TableStart {
  /** Byte offset in the image. */
  readonly offset: number
  readonly version: GrantVersion
}

export interface ScanResult {
  /** Pages that begin like a ring and read as one, by offset. */
  readonly rings: readonly Sighting[]
  /** Pages that begin like a ring, and whose other pages do not follow them or that are none. */
  readonly heads: readonly Sighting[]
  /** Pages that read as the first frame of a grant table, by offset. */
  readonly tableStarts: readonly TableStart[]
  /** Pages looked at. */
  readonly pages: number
  /** Bytes behind the last whole page. */
  readonly tail: number
  /** Pages that begin like a ring and read like none. */
  readonly nearMisses: number
  /** Pages that begin like a ring and were not looked at any more: there are too many to be true. */
  readonly left: number
}

/** What is kept of each. A host has as many rings as disks and queues; an image made to exhaust memory can have one a page. */
const MAX_RINGS = 1024
const MAX_RING_BYTES = 8 * 2 ** 20
const MAX_HEADS = 256
const MAX_TABLE_STARTS = 1024

const BUFFER_PAGES = 256
const LOOKAHEAD = MAX_RING_PAGES - 1

/** @param least the score from which on a page is kept as a ring */
export async function scanPages(reader: ByteReader, { extents }: ImageMap, least: number): Promise<ScanResult> {
  const scan = new PageScan(least)
  for (const extent of extents) if (!(await scan.extent(reader, extent))) break
  return scan
}

class PageScan implements ScanResult {
  readonly rings: Sighting[] = []
  readonly heads: Sighting[] = []
  readonly tableStarts: TableStart[] = []
  pages = 0
  tail = 0
  nearMisses = 0
  left = 0
  readonly #least: number
  readonly #bytes = new Uint8Array((BUFFER_PAGES + LOOKAHEAD) * XEN_PAGE_SIZE)
  readonly #words = new Uint32Array(this.#bytes.buffer)
  #ringBytes = 0

  constructor(least: number) {
    this.#least = least
  }

  /** False where the image ends within the extent. */
  async extent(reader: ByteReader, extent: Extent): Promise<boolean> {
    const capacity = this.#bytes.length / XEN_PAGE_SIZE
    // Pages before the buffer, and pages in it that wait for those behind them.
    let [before, held] = [0, 0]
    for (;;) {
      const wanted = Math.min(capacity - held, extent.pages - before - held)
      const into = this.#bytes.subarray(held * XEN_PAGE_SIZE, (held + wanted) * XEN_PAGE_SIZE)
      const got = wanted === 0 ? 0 : await reader.read(extent.offset + (before + held) * XEN_PAGE_SIZE, into)
      const there = held + Math.floor(got / XEN_PAGE_SIZE)
      const last = got < into.length || before + there === extent.pages
      const done = this.#look(extent, before, there, last)
      this.pages += done
      if (got < into.length) this.tail += got % XEN_PAGE_SIZE
      if (last) return got === into.length
      this.#bytes.copyWithin(0, done * XEN_PAGE_SIZE, there * XEN_PAGE_SIZE)
      before += done
      held = there - done
    }
  }

  /** Looks at the first pages of the buffer, up to one that may be a ring whose other pages are still to come; how many. */
  #look(extent: Extent, before: number, there: number, last: boolean): number {
    const words = this.#words
    let page = 0
    while (page < there) {
      const at = page * WORDS_PER_PAGE
      if (beginsNothing(words, at)) {
        page++
        continue
      }
      const version = firstFrameVersion(words, at)
      if (hasSignature(words, at)) {
        if (!last && page + MAX_RING_PAGES > there) return page
        const taken = this.#candidate(extent, before, page, Math.min(page + MAX_RING_PAGES, there), version !== undefined)
        page += taken
        if (taken > 0) continue
      }
      if (version && this.tableStarts.length < MAX_TABLE_STARTS)
        this.tableStarts.push({ offset: placeOf(extent, before + page).offset, version })
      page++
    }
    return page
  }

  /**
   * How many pages it took, 0 if it is none. The first frame of a grant table begins like a ring: behind the references of console
   * and XenStore are six that no one uses.
   */
  #candidate(extent: Extent, before: number, page: number, end: number, isTable: boolean): number {
    if (this.left > 0) {
      this.left++
      return 0
    }
    const score = scoreRing(this.#bytes.subarray(page * XEN_PAGE_SIZE, end * XEN_PAGE_SIZE))
    const place = placeOf(extent, before + page)
    if (score && score.score >= this.#least) {
      const bytes = score.pages * XEN_PAGE_SIZE
      if (this.rings.length < MAX_RINGS && this.#ringBytes + bytes <= MAX_RING_BYTES) {
        this.#ringBytes += bytes
        this.rings.push({ place, score, bytes: this.#copy(page, page + score.pages) })
      } else this.left++
      // Of what is listed below the score of a ring, the pages behind may be rings themselves.
      return score.score >= RING_SCORE ? score.pages : 0
    }
    if (isTable) return 0
    this.nearMisses++
    if (this.heads.length < MAX_HEADS) {
      const bytes = this.#copy(page, page + 1)
      this.heads.push({ place, score: scoreNamed(bytes, undefined), bytes })
    }
    return 0
  }

  #copy(from: number, to: number): Uint8Array {
    return this.#bytes.slice(from * XEN_PAGE_SIZE, to * XEN_PAGE_SIZE)
  }
}

/** Of these words either begins with zeros: the padding of a ring, and of a grant table references that nothing uses, in both versions. */
const [ZERO_FROM, ZERO_TO] = [
  GNTTAB_NR_RESERVED_ENTRIES * ENTRY_WORDS[1] - ENTRY_WORDS[2],
  GNTTAB_NR_RESERVED_ENTRIES * ENTRY_WORDS[1],
]

/** Neither a ring nor a grant table: told of most pages by a word or two, and of pages of zeros by as many as can tell. */
function beginsNothing(words: Uint32Array, at: number): boolean {
  for (let word = ZERO_FROM; word < ZERO_TO; word++) if (words[at + word] !== 0) return true
  for (let word = 0; word < PROBED_WORDS; word++) if (words[at + word] !== 0) return false
  return true
}

function placeOf({ offset }: Extent, entry: number): PagePlace {
  return { offset: offset + entry * XEN_PAGE_SIZE, entry }
}
