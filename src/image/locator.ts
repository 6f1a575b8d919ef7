// The pages of one image by the frames that grants name.

import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { entrySize } from './elf.ts'
import { type FrameNumbers, lookUpFrames, readPages } from './frames.ts'
import type { ImageMap } from './image-map.ts'
import { extentAt } from './in-extents.ts'
import type { PagePlace } from './page-scan.ts'
import { type ByteReader, remembering } from './reader.ts'

/** A frame table of a guest of 4 GiB: it is read again and again, and lies behind the pages. Longer ones are not kept. */
const MAX_REMEMBERED = 16 * 2 ** 20

/** A page that was found in an image by its frame. */
export interface FoundPage {
  /** Byte offset in the image. */
  readonly offset: number
  readonly bytes: Uint8Array
}

export class Locator {
  readonly reader: ByteReader
  readonly map: ImageMap

  constructor(reader: ByteReader, map: ImageMap) {
    const { table } = map
    const bytes = table ? table.entries * entrySize(table.kind) : 0
    this.reader = table && bytes <= MAX_REMEMBERED ? remembering(reader, table.offset, bytes) : reader
    this.map = map
  }

  /** The numbers of pages at places; undefined where the image does not say. */
  async numbersOf(places: readonly PagePlace[]): Promise<(FrameNumbers | undefined)[]> {
    const { numbers } = await lookUpFrames(this.reader, this.map, new Set(), new Set(places.map(({ entry }) => entry)))
    return places.map(({ offset, entry }) => (this.map.table ? numbers.get(entry) : this.#inExtent(offset)))
  }

  #inExtent(offset: number): FrameNumbers | undefined {
    const extent = extentAt(this.map.extents, offset)
    if (extent?.frame === undefined) return undefined
    const frame = extent.frame + (offset - extent.offset) / XEN_PAGE_SIZE
    const gmfn = this.map.p2m ? this.map.p2m.gmfnOf(frame) : frame
    return gmfn === undefined ? undefined : { pfn: frame, gmfn }
  }

  /** Byte offsets of the pages of frames; those that the image does not hold are left out. */
  async offsetsOf(frames: Iterable<number>): Promise<ReadonlyMap<number, number>> {
    return (await lookUpFrames(this.reader, this.map, new Set(frames))).offsets
  }

  /** The pages themselves. */
  async pagesOf(frames: Iterable<number>): Promise<Map<number, FoundPage>> {
    const offsets = await this.offsetsOf(frames)
    const pages = await readPages(this.reader, offsets.values())
    return new Map(
      [...offsets].flatMap(([frame, offset]) => {
        const bytes = pages.get(offset)
        return bytes ? [[frame, { offset, bytes }] as const] : []
      }),
    )
  }
}
