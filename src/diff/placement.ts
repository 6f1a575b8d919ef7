// Where the data of each sector lies on either side.
import { type DiskExtent, type DiskRequest, segmentField } from './disk-request.ts'
import type { PlacedSlot } from './model.ts'
import { pathInRing } from './named-bytes.ts'

/** Sectors one after another that both sides, or only one, ask for, from one grant each. */
export interface Piece {
  readonly sector: bigint
  readonly sectors: number
  readonly a: PieceSpot | undefined
  readonly b: PieceSpot | undefined
}

export interface PieceSpot {
  readonly gref: number
  /** The sector within the grant at which the piece begins. */
  readonly sect: number
  /** The segment that it lies in. */
  readonly placed: PlacedSlot
  readonly segment: number
}

/** Path of the segment from the ring on. */
export function pathOfSpot({ placed, segment }: PieceSpot): string {
  return pathInRing(placed.slot.slot, segmentField(placed, segment))
}

/** The sectors of both sides, in order, cut where either's extents begin and end. All of them must be known. */
export function* piecesOf(a: readonly DiskRequest[], b: readonly DiskRequest[]): Generator<Piece> {
  const [x, y] = [new Cursor(extentsOf(a)), new Cursor(extentsOf(b))]
  while (x.left || y.left) {
    const sector = lower(x.sector, y.sector)
    const [inX, inY] = [x.sector === sector, y.sector === sector]
    const sectors = Math.min(x.until(sector, y), y.until(sector, x))
    yield { sector, sectors, a: inX ? x.spot : undefined, b: inY ? y.spot : undefined }
    if (inX) x.step(sectors)
    if (inY) y.step(sectors)
  }
}

/** In the order of sectors; what two requests of a side ask for is counted where it comes first. */
function extentsOf(requests: readonly DiskRequest[]): DiskExtent[] {
  const extents = requests.flatMap((request) => request.extents())
  return extents.sort((x, y) => (x.sector < y.sector ? -1 : x.sector > y.sector ? 1 : 0))
}

function lower(x: bigint | undefined, y: bigint | undefined): bigint {
  return x === undefined || (y !== undefined && y < x) ? y! : x
}

/** Walks along extents, some sectors at a time. */
class Cursor {
  readonly #extents: readonly DiskExtent[]
  #i = 0
  /** Sectors of the current extent that are done. */
  #done = 0

  constructor(extents: readonly DiskExtent[]) {
    this.#extents = extents
  }

  get left(): boolean {
    return this.#i < this.#extents.length
  }

  get sector(): bigint | undefined {
    const extent = this.#extents[this.#i]
    return extent && extent.sector + BigInt(this.#done)
  }

  get spot(): PieceSpot {
    const { gref, first_sect, placed, segment } = this.#extents[this.#i]!
    return { gref, sect: first_sect + this.#done, placed, segment }
  }

  /** Sectors from here on that make one piece: to the end of this extent, or to where the other begins. */
  until(sector: bigint, other: Cursor): number {
    if (this.sector !== sector) return Number.POSITIVE_INFINITY
    const own = this.#extents[this.#i]!.sectors - this.#done
    const begins = other.sector
    if (begins === undefined || begins <= sector) return own
    const before = begins - sector
    return before < BigInt(own) ? Number(before) : own
  }

  step(sectors: number): void {
    this.#done += sectors
    const end = this.sector
    if (this.#done === this.#extents[this.#i]!.sectors) {
      this.#i++
      this.#done = 0
    }
    // What overlaps with the extents before it was already asked for.
    for (let next = this.sector; end !== undefined && next !== undefined && next < end; next = this.sector) {
      const behind = end - next
      const { sectors } = this.#extents[this.#i]!
      if (behind < BigInt(sectors - this.#done)) this.#done += Number(behind)
      else {
        this.#i++
        this.#done = 0
      }
    }
  }
}
