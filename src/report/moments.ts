// A ring of a report, moment by moment: its bytes unpacked and decoded by the library's own rooms.
import { decodeRing } from '../codec/ring/decode-ring.ts'
import type { SectorUnit } from '../codec/ring/sector-unit.ts'
import { abiByName } from '../codec/struct/abi.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { RingView } from '../inspect/index.ts'
import type { ReportRing } from './model.ts'
import { fromBase64, Unpacker } from './pack.ts'

export class RingMoments {
  readonly #ring: ReportRing
  readonly #bytes: Unpacker
  readonly #pages = new Map<string, Uint8Array>()

  constructor(ring: ReportRing) {
    this.#ring = ring
    this.#bytes = new Unpacker(ring.bytes, ring.pages * XEN_PAGE_SIZE)
  }

  /** The ring at a moment, with its findings. */
  view(moment: number): RingView {
    const { abi, unit, maxSegments, moments, findings } = this.#ring
    const { missing, findings: list } = moments[moment]!
    const bytes = this.#bytes.moment(moment).slice()
    const indirectPages = this.#pagesAt(moment)
    const ring = decodeRing(bytes, abiByName(abi)!, {
      indirectPages,
      sectorUnit: unit as SectorUnit,
      maxSegments,
      missing: missing?.map(([from, to]) => ({ from, to })),
    })
    return { ring, bytes, indirectPages, findings: findings[list]!.map(({ rule, ...rest }) => ({ code: rule, ...rest })) }
  }

  #pagesAt(moment: number): ReadonlyMap<number, Uint8Array> {
    const pages = new Map<number, Uint8Array>()
    for (const [gref, from, packed] of this.#ring.indirect) if (from <= moment) pages.set(gref, this.#page(packed))
    return pages
  }

  #page(packed: string): Uint8Array {
    let page = this.#pages.get(packed)
    if (!page) {
      const cut = fromBase64(packed)
      page = new Uint8Array(Math.max(XEN_PAGE_SIZE, cut.length))
      page.set(cut)
      this.#pages.set(packed, page)
    }
    return page
  }
}
