// The pages of a save image, gathered record by record.
import { x86_64 } from '../codec/struct/abi.ts'
import { decode } from '../codec/struct/decode.ts'
import { layoutOf } from '../codec/struct/layout.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { pageDataHeader, pvInfo, pvP2mFrames } from './core-tables.ts'
import { readPages } from './frames.ts'
import type { Extent } from './image-map.ts'
import { offsetsInExtents } from './in-extents.ts'
import { P2m } from './p2m.ts'
import { type ByteReader, readBytes } from './reader.ts'

const { size: PAGE_DATA_HEADER } = layoutOf(pageDataHeader, x86_64)
const { size: P2M_HEADER } = layoutOf(pvP2mFrames, x86_64)
const PFN = 8
/** Pages that one record may name: libxc sends 1024. */
const MAX_BATCH = 2 ** 20
/** Runs of pages: of a guest that was saved at once, one for each record and hole. */
const MAX_RUNS = 2 ** 20
/** Pages of a p2m that are kept in memory: those of a guest of 32 GiB. */
const MAX_P2M_PAGES = 2 ** 14
/** The types of pages that have no bytes (XEN_DOMCTL_PFINFO_*): broken, allocated only, none. */
const FIRST_WITHOUT_DATA = 0xd

interface Body {
  readonly at: number
  readonly length: number
}

export class SavedPages {
  readonly #reader: ByteReader
  readonly #runs: { offset: number; pages: number; frame: number }[] = []
  #left = 0
  #claimed = 0
  #width: 4 | 8 = 8
  #p2m: readonly number[] = []
  #p2mLeft = 0

  constructor(reader: ByteReader) {
    this.#reader = reader
  }

  /** @returns what is wrong with the record */
  async pageData({ at, length }: Body): Promise<string | undefined> {
    const head = await readBytes(this.#reader, at, Math.min(PAGE_DATA_HEADER, length))
    if (head.length < PAGE_DATA_HEADER) return 'it ends within a record of pages'
    const { count } = decode(pageDataHeader, x86_64, head)
    const pagesAt = PAGE_DATA_HEADER + count * PFN
    if (count > MAX_BATCH || pagesAt > length) return `${count} pages in a record of ${length} bytes`
    const bytes = await readBytes(this.#reader, at + PAGE_DATA_HEADER, count * PFN)
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let offset = at + pagesAt
    for (let i = 0; (i + 1) * PFN <= bytes.length; i++) {
      const high = words.getUint32(i * PFN + 4, true)
      if (high >>> 28 >= FIRST_WITHOUT_DATA) continue
      this.#add(offset, (high & 0xfffff) * 2 ** 32 + words.getUint32(i * PFN, true))
      offset += XEN_PAGE_SIZE
    }
    if (offset > at + length) return `${(offset - at - pagesAt) / XEN_PAGE_SIZE} pages of memory in a record of ${length} bytes`
    return bytes.length < count * PFN ? 'it ends within a record of pages' : undefined
  }

  #add(offset: number, frame: number): void {
    this.#claimed += XEN_PAGE_SIZE
    const last = this.#runs.at(-1)
    if (last && last.offset + last.pages * XEN_PAGE_SIZE === offset && last.frame + last.pages === frame) last.pages++
    else if (this.#runs.length < MAX_RUNS) this.#runs.push({ offset, pages: 1, frame })
    else this.#left++
  }

  async pvInfo({ at, length }: Body): Promise<undefined> {
    const bytes = await readBytes(this.#reader, at, Math.min(length, layoutOf(pvInfo, x86_64).size))
    if (bytes.length === layoutOf(pvInfo, x86_64).size && decode(pvInfo, x86_64, bytes).guest_width === 4) this.#width = 4
    return undefined
  }

  async p2mFrames({ at, length }: Body): Promise<undefined> {
    const all = Math.max(0, Math.floor((length - P2M_HEADER) / PFN))
    const bytes = await readBytes(this.#reader, at + P2M_HEADER, Math.min(all, MAX_P2M_PAGES) * PFN)
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#p2m = Array.from(
      { length: Math.floor(bytes.length / PFN) },
      (_, i) => words.getUint32(i * PFN + 4, true) * 2 ** 32 + words.getUint32(i * PFN, true),
    )
    this.#p2mLeft = all - this.#p2m.length
    return undefined
  }

  /** The pages by their offset, of those that were sent again the last, and bytes of memory that the records name. */
  end(notes: string[]): { readonly extents: Extent[]; readonly claimed: number } {
    if (this.#left > 0) notes.push(`${this.#left} pages are left out: they lie in more than ${MAX_RUNS} runs`)
    const { size = Number.POSITIVE_INFINITY } = this.#reader
    const there = this.#runs.flatMap(({ offset, pages, frame }) => {
      const whole = Math.min(pages, Math.floor((size - offset) / XEN_PAGE_SIZE))
      return whole > 0 ? [{ offset, pages: whole, frame }] : []
    })
    const sorted = [...there].sort((a, b) => a.frame - b.frame)
    const twice = sorted.some(({ frame }, i) => i > 0 && sorted[i - 1]!.frame + sorted[i - 1]!.pages > frame)
    if (!twice) return { extents: there, claimed: this.#claimed }
    const { extents, again } = lastOfEach(there)
    notes.push(`${again} pages were sent again, as a running guest changed them: the last of each is read`)
    return { extents, claimed: this.#claimed - again * XEN_PAGE_SIZE }
  }

  /** The p2m of a PV guest, from its pages; undefined where the image does not say where it is. */
  async p2m(extents: readonly Extent[], notes: string[]): Promise<P2m | undefined> {
    if (this.#p2m.length === 0) {
      notes.push('nothing says where the guest has its p2m: grant references cannot be followed')
      return undefined
    }
    const offsets = offsetsInExtents(extents, new Set(this.#p2m))
    const pages = await readPages(this.#reader, offsets.values())
    const table = this.#p2m.map((pfn) => pages.get(offsets.get(pfn) ?? -1))
    const lost = table.filter((page) => page === undefined).length
    if (lost > 0) notes.push(`${lost} of ${table.length} pages of the p2m are not in the image`)
    if (this.#p2mLeft > 0) notes.push(`${this.#p2mLeft} pages of the p2m are not read: it is larger than that of a guest of 32 GiB`)
    return new P2m(table, this.#width, XEN_PAGE_SIZE)
  }
}

/** From the last page to the first: what is seen again was sent before. */
function lastOfEach(runs: readonly { readonly offset: number; readonly pages: number; readonly frame: number }[]) {
  const seen = new Set<number>()
  const extents: { offset: number; pages: number; frame: number }[] = []
  let again = 0
  for (const { offset, pages, frame } of [...runs].reverse())
    for (let i = pages - 1; i >= 0; i--) {
      if (seen.has(frame + i)) {
        again++
        continue
      }
      seen.add(frame + i)
      const [next, at] = [extents.at(-1), offset + i * XEN_PAGE_SIZE]
      if (next && next.offset === at + XEN_PAGE_SIZE && next.frame === frame + i + 1) {
        next.offset = at
        next.frame--
        next.pages++
      } else extents.push({ offset: at, pages: 1, frame: frame + i })
    }
  return { extents: extents.reverse(), again }
}
