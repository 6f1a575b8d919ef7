// An I/O of a ring as a step of a scenario: memory as a driver's block layer has it, in pages of the guest.
import type { PageSize, SgSegment } from '../../blkfront/index.ts'
import { NO_SECTOR, SECTOR_SIZE, SECTORS_PER_XEN_PAGE } from '../../codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import type { GrantedPiece, RingIo } from './ring-io.ts'
import type { RingTerms } from './terms.ts'

/** Linux PFN of the first page of data. */
const FIRST_PAGE = 0x400000

/** Steps of a scenario, and the reference that the ring has for each 4 KiB of their memory. */
export class StepMaker {
  readonly #pageSize: PageSize
  /** By frame: the Linux page times its chunks, and the chunk. */
  readonly #grefs: Map<number, number> = new Map()
  #page = FIRST_PAGE

  constructor(pageSize: PageSize) {
    this.#pageSize = pageSize
  }

  /** The reference that the ring has for a 4 KiB chunk of a Linux page. */
  grefOf(page: number, offset: number): number | undefined {
    return this.#grefs.get(this.#frame(page, offset))
  }

  /** What Linux does not send becomes a step too, which the scenario refuses. */
  step(io: RingIo, { barrier, flush }: Pick<RingTerms, 'barrier' | 'flush'>): Readonly<Record<string, unknown>> {
    const sector = String(io.sector)
    switch (io.op) {
      case 'read':
        return { read: { sector, vectors: this.#vectors(io.pieces) } }
      case 'write':
        return { write: { sector, vectors: this.#vectors(io.pieces) } }
      case 'discard':
      case 'secure discard':
        return { discard: { sector, sectors: String(io.sectors), ...(io.op === 'discard' ? {} : { secure: true }) } }
      default:
        // A flush without data names no sector; with data it is a write that must reach the disk.
        if (io.pieces.length === 0) return { flush: { sector: String(NO_SECTOR) } }
        if (barrier.value && !flush.value) return { write: { sector, vectors: this.#vectors(io.pieces), fua: true } }
        return { flush: { sector, segments: this.#vectors(io.pieces) } }
    }
  }

  /**
   * Grants of one page of the guest become one piece of it again: those that fill their 4 KiB up to the next one's beginning, as many as
   * a page has. Where in its page a buffer began the ring does not say, and no byte of it depends on that.
   */
  #vectors(pieces: readonly GrantedPiece[]): SgSegment[] {
    const perPage = this.#pageSize / XEN_PAGE_SIZE
    const vectors: SgSegment[] = []
    let chunk = perPage
    let before: GrantedPiece | undefined
    for (const piece of pieces) {
      const { gref, first_sect, sectors } = piece
      const goesOn = before && chunk < perPage && isFullToEnd(before) && first_sect === 0 && before.gref !== gref
      if (!goesOn) {
        chunk = 0
        this.#page++
        vectors.push([this.#page, first_sect * SECTOR_SIZE, 0])
      }
      const [page, offset, length] = vectors.at(-1)!
      vectors[vectors.length - 1] = [page, offset, length + sectors * SECTOR_SIZE]
      this.#grefs.set(this.#frame(page, chunk * XEN_PAGE_SIZE), gref)
      chunk++
      before = piece
    }
    return vectors
  }

  #frame(page: number, offset: number): number {
    return page * (this.#pageSize / XEN_PAGE_SIZE) + Math.floor(offset / XEN_PAGE_SIZE)
  }
}

function isFullToEnd({ first_sect, sectors }: GrantedPiece): boolean {
  return first_sect + sectors === SECTORS_PER_XEN_PAGE
}
