// Requests by operation, size and segments, and the bytes that they ask for.
import { type Batch, UNRESOLVED } from '../codec/batch/batch.ts'
import { INDIRECT, KIND_OF, RW } from '../codec/batch/kinds.ts'
import { HIGH, LOW } from '../codec/batch/words.ts'
import { SECTOR_UNITS, type SectorUnit, smallSectors } from '../codec/ring/sector-unit.ts'
import { MAX_INDIRECT_SEGMENTS, SECTOR_SIZE, SECTORS_PER_XEN_PAGE } from '../codec/xen/blkif.ts'
import { DIRECTION_OF, DIRECTIONS, INNER_PLACE, NOWHERE, OP_PLACE, OPS } from './request-classes.ts'

const WORD_BITS = 32
/** The number of classes of size: ceil(log2) of the sectors + 1; class 0 has those of no sector. */
const SIZES = 2 * WORD_BITS + 2 + Math.log2(smallSectors(Math.max(...SECTOR_UNITS) as SectorUnit))
const U16 = 0x1_0000

export class RequestCounts {
  /** Direct requests by the place of their operation in OPS. */
  readonly direct = new Float64Array(OPS.length)
  readonly indirect = new Float64Array(OPS.length)
  /** Requests by the place of their direction in DIRECTIONS and by size (`sizePlace` of their sectors). */
  readonly sizes = DIRECTIONS.map(() => new Float64Array(SIZES))
  /** By nr_segments as the ring has it: of direct requests, and of indirect ones. */
  readonly directSegments = new Float64Array(U16)
  readonly indirectSegments = new Float64Array(U16)
  /** Indirect requests of which a page is not at hand, and the most sectors that they can ask for. */
  unresolved = 0
  unresolvedSectors = 0
  /** Sectors of 512 bytes by place in OPS: halves that were not added up yet, and the sums. */
  readonly #low = new Float64Array(OPS.length)
  readonly #high = new Float64Array(OPS.length)
  readonly #sectors = OPS.map(() => 0n)

  /** @returns the place in DIRECTIONS of a request that asks for sectors of the disk, else NOWHERE */
  add(batch: Batch, row: number): number {
    const operation = batch.operation[row]!
    const kind = KIND_OF[operation]
    const nr_segments = batch.nr_segments[row]!
    const isIndirect = kind === INDIRECT
    const op = isIndirect ? INNER_PLACE[batch.indirect_op[row]!]! : OP_PLACE[operation]!
    const direction = DIRECTION_OF[op]!
    if (isIndirect) {
      this.indirect[op]!++
      this.indirectSegments[nr_segments]!++
      if (batch.segCount[row] === UNRESOLVED) {
        this.unresolved++
        this.unresolvedSectors += Math.min(nr_segments, MAX_INDIRECT_SEGMENTS) * SECTORS_PER_XEN_PAGE
        return direction
      }
    } else {
      this.direct[op]!++
      if (kind === RW) {
        this.directSegments[nr_segments]!++
        if (nr_segments === 0 && DIRECTIONS[direction] !== OPS[op]) return NOWHERE
      }
    }
    if (direction === NOWHERE) return NOWHERE
    const low = batch.nr_sectors_halves[2 * row + LOW]!
    const high = batch.nr_sectors_halves[2 * row + HIGH]!
    const small = smallSectors(batch.sectorUnit)
    const place = sizePlace(low, high)
    this.sizes[direction]![place === 0 ? 0 : place + Math.log2(small)]!++
    this.#low[op]! += low * small
    this.#high[op]! += high * small
    return direction
  }

  /** Adds up what doubles hold exactly: to be called at least every 2^20 requests, and where sectors are larger than 512 bytes every 2^17. */
  settle(): void {
    for (const op of OPS.keys()) {
      this.#sectors[op]! += BigInt(this.#low[op]!) + (BigInt(this.#high[op]!) << BigInt(WORD_BITS))
      this.#low[op] = 0
      this.#high[op] = 0
    }
  }

  /** Bytes asked for, by place in OPS; those of unresolved requests are not known. */
  bytes(): bigint[] {
    this.settle()
    return this.#sectors.map((sectors) => sectors * BigInt(SECTOR_SIZE))
  }
}

/** 0 for no sector, n + 1 for more than 2^(n-1) and up to 2^n of them. */
function sizePlace(low: number, high: number): number {
  if (high === 0) return low === 0 ? 0 : low === 1 ? 1 : WORD_BITS + 1 - Math.clz32(low - 1)
  if (low !== 0) return 2 * WORD_BITS + 1 - Math.clz32(high)
  return high === 1 ? WORD_BITS + 1 : 2 * WORD_BITS + 1 - Math.clz32(high - 1)
}
