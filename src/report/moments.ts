// A ring of a report, moment by moment: its bytes unpacked, and read by the library's own rooms.
import { ringGeometry } from '../codec/ring/geometry.ts'
import { ringHead } from '../codec/ring/ring-head.ts'
import type { SectorUnit } from '../codec/ring/sector-unit.ts'
import { SharedPages } from '../codec/ring/shared-pages.ts'
import { type Abi, abiByName } from '../codec/struct/abi.ts'
import { viewOf } from '../codec/struct/scalar.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { RingView } from '../inspect/index.ts'
import { decisionBytes, ringOfDecisions } from './decisions.ts'
import type { ReportRing } from './model.ts'
import { fromBase64, Unpacker } from './pack.ts'

export class RingMoments {
  readonly #ring: ReportRing
  readonly #abi: Abi
  readonly #bytes: Unpacker
  readonly #pages = new Map<string, Uint8Array>()

  constructor(ring: ReportRing) {
    this.#ring = ring
    this.#abi = abiByName(ring.abi)!
    const geometry = ringGeometry(this.#abi, ring.pages)
    this.#bytes = new Unpacker(ring.bytes, geometry.bytes + decisionBytes(geometry))
  }

  /** The ring at a moment, with its findings. */
  view(moment: number): RingView {
    const { unit, maxSegments, moments, findings } = this.#ring
    const { missing, findings: list } = moments[moment]!
    const packed = this.#bytes.moment(moment)
    const bytes = packed.slice(0, this.#ring.pages * XEN_PAGE_SIZE)
    const indirectPages = this.#pagesAt(moment)
    const spans = missing?.map(([from, to]) => ({ from, to }))
    const head = ringHead(viewOf(bytes), this.#abi, spans)
    const { geometry } = head
    const ring = ringOfDecisions(head, packed.subarray(bytes.length), {
      bytes,
      geometry,
      pages: indirectPages,
      shared: new SharedPages(indirectPages, geometry),
      unit: unit as SectorUnit,
      maxSegments,
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
