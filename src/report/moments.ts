// A ring of a report, moment by moment: its bytes unpacked, and read by the library's own rooms.
import { ringGeometry } from '../codec/ring/geometry.ts'
import type { IndirectPages } from '../codec/ring/indirect-pages.ts'
import { ringHead } from '../codec/ring/ring-head.ts'
import { DEFAULT_SECTOR_UNIT } from '../codec/ring/sector-unit.ts'
import { SharedPages } from '../codec/ring/shared-pages.ts'
import { type Abi, abiByName } from '../codec/struct/abi.ts'
import { viewOf } from '../codec/struct/scalar.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { RingView } from '../inspect/index.ts'
import { decisionBytes, ringOfDecisions } from './decisions.ts'
import type { ReportPage, ReportRing } from './model.ts'
import { fromBase64, Unpacker } from './pack.ts'

export class RingMoments {
  readonly #ring: ReportRing
  readonly #abi: Abi
  readonly #bytes: Unpacker

  constructor(ring: ReportRing) {
    this.#ring = ring
    this.#abi = abiByName(ring.abi)!
    const geometry = ringGeometry(this.#abi, ring.pages)
    this.#bytes = new Unpacker(ring.bytes, geometry.bytes + decisionBytes(geometry))
  }

  /** The ring at a moment, with its findings. */
  view(moment: number): RingView {
    const { moments, findings } = this.#ring
    const { missing, findings: list, unit = DEFAULT_SECTOR_UNIT } = moments[moment]!
    const packed = this.#bytes.moment(moment)
    const bytes = packed.slice(0, this.#ring.pages * XEN_PAGE_SIZE)
    const indirectPages = this.#pagesAt(moment)
    const head = ringHead(viewOf(bytes), this.#abi, missing)
    const { geometry } = head
    const ring = ringOfDecisions(head, packed.subarray(bytes.length), {
      bytes,
      geometry,
      pages: indirectPages,
      shared: new SharedPages(indirectPages, geometry),
      unit,
    })
    return { ring, bytes, indirectPages, findings: findings[list]!.map(({ rule, ...rest }) => ({ code: rule, ...rest })) }
  }

  /** The ring a moment before, to be compared with a view: a byte that one of the two does not have is as it is in the view. */
  before(moment: number, { ring, bytes }: RingView): RingView | undefined {
    if (moment === 0) return undefined
    const before = this.view(moment - 1)
    for (const { from, to } of [...before.ring.missing.spans, ...ring.missing.spans])
      before.bytes.subarray(from, to).set(bytes.subarray(from, to))
    return before
  }

  /** The pages are unpacked as they are asked for: a long series names many, and a moment few of them. */
  #pagesAt(moment: number): IndirectPages {
    const latest = new Map<number, ReportPage>()
    for (const page of this.#ring.indirect) if (page[1] <= moment) latest.set(page[0], page)
    return { get: (gref) => unpackPage(latest.get(gref)) }
  }
}

function unpackPage(entry: ReportPage | undefined): Uint8Array | undefined {
  if (!entry || entry[2] === null) return undefined
  const page = new Uint8Array(entry[2])
  page.set(fromBase64(entry[3]))
  return page
}
