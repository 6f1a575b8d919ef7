// How often each part of a disk was asked for, in bounded memory whatever the sector numbers are.
import { DIRECTIONS } from './request-classes.ts'

/** A bin is one part in 256 of the octave that its sectors lie in; the first 256 sectors have a bin each. */
const SUB_BITS = 8
const SUBS = 2 ** SUB_BITS
const TOP_BITS = SUB_BITS + 1
const U64_BITS = 64
const WORD_BITS = 32
const BINS = (U64_BITS - SUB_BITS + 1) * SUBS

/** The share of requests that may lie beyond the map, and how much finer the map must become for it. */
const [FAR_SHARE, FINER] = [0.01, 16n]
/** The map begins at 0 unless that costs so much resolution. */
const ZOOM = 4n

/** A part of the disk, cut into equal columns. */
export interface SectorColumns {
  /** The first sector of the first column. */
  readonly from: bigint
  /** Behind the last sector of the last column, or of the disk. */
  readonly end: bigint
  /** The end is that of the disk. */
  readonly isWhole: boolean
  /** Sectors a column. */
  readonly width: bigint
  /** Requests that begin in the column, by place in DIRECTIONS. */
  readonly columns: readonly (readonly number[])[]
  /** Requests that begin behind the last column. */
  readonly beyond: number
}

export class SectorMap {
  readonly #bins = DIRECTIONS.map(() => new Float64Array(BINS))
  #total = 0

  /**
   * @param low @param high halves of the sector at which a request begins
   * @param small log2 of the sectors of 512 bytes that one of its sectors has; what would have more than 64 bits is the last of all
   */
  add(direction: number, low: number, high: number, small = 0): void {
    this.#bins[direction]![small === 0 ? binOf(low, high) : shiftedBin(low, high, small)]!++
    this.#total++
  }

  /**
   * The map in so many columns at the most. A few requests far behind all others, as of a damaged or hostile ring, are left to `beyond`.
   * @param sectors of the disk, where that is known: the map ends there, unless all requests would lie in one of its columns
   */
  columns(most: number, sectors?: bigint): SectorColumns | undefined {
    const whole = this.#columns(most, sectors)
    if (!whole || sectors === undefined || whole.columns.filter((column) => column.some((n) => n > 0)).length > 1) return whole
    const own = this.#columns(most, undefined)!
    return own.columns.length > 1 ? own : whole
  }

  #columns(most: number, sectors: bigint | undefined): SectorColumns | undefined {
    const used = this.#used()
    if (used.length === 0) return undefined
    const lowest = binStart(used[0]!)
    const last = sectors === undefined ? binStart(this.#lastBin(used)) : sectors - 1n
    const whole = columnWidth(0n, last, BigInt(most))
    const zoomed = lowest > last ? whole : columnWidth(lowest, last, BigInt(most))
    const isZoomed = sectors === undefined && whole >= ZOOM * zoomed
    const width = isZoomed ? zoomed : whole
    const first = isZoomed ? lowest / width : 0n
    const count = Number(last / width - first) + 1
    const columns = Array.from({ length: count }, () => DIRECTIONS.map(() => 0))
    let beyond = 0
    for (const bin of used) {
      const start = binStart(bin)
      const column = columns[start > last ? count : Number(start / width - first)]
      for (const [d, bins] of this.#bins.entries())
        if (column) column[d]! += bins[bin]!
        else beyond += bins[bin]!
    }
    const behind = (first + BigInt(count)) * width
    return { from: first * width, end: sectors ?? behind, isWhole: sectors !== undefined, width, columns, beyond }
  }

  #used(): number[] {
    return Array.from({ length: BINS }, (_, bin) => bin).filter((bin) => this.#bins.some((bins) => bins[bin]! > 0))
  }

  /** The last bin of the map: the last that is used, unless leaving out a few makes all others much clearer. */
  #lastBin(used: readonly number[]): number {
    const end = used.at(-1)!
    let left = this.#total * FAR_SHARE
    for (const bin of used.toReversed()) {
      if (binStart(end) >= FINER * (binStart(bin) + 1n)) return bin
      for (const bins of this.#bins) left -= bins[bin]!
      if (left < 0) break
    }
    return end
  }
}

function shiftedBin(low: number, high: number, by: number): number {
  if (high >>> (WORD_BITS - by) !== 0) return BINS - 1
  return binOf((low << by) >>> 0, ((high << by) | (low >>> (WORD_BITS - by))) >>> 0)
}

function binOf(low: number, high: number): number {
  if (high === 0) {
    const bits = WORD_BITS - Math.clz32(low)
    return bits < TOP_BITS ? low : (bits - SUB_BITS) * SUBS + ((low >>> (bits - TOP_BITS)) & (SUBS - 1))
  }
  const bits = WORD_BITS - Math.clz32(high)
  const spare = bits - TOP_BITS
  const top = spare >= 0 ? high >>> spare : (high << -spare) | (low >>> (WORD_BITS + spare))
  return (bits + WORD_BITS - SUB_BITS) * SUBS + (top & (SUBS - 1))
}

function binStart(bin: number): bigint {
  const octave = Math.floor(bin / SUBS)
  return octave === 0 ? BigInt(bin) : BigInt(SUBS + (bin % SUBS)) << BigInt(octave - 1)
}

/** Column widths are these, times a power of two. */
const ROUND = [4n, 5n, 6n, 7n]

/**
 * The least round number of sectors that needs no more columns. Bins lie within one column each: their starts and widths
 * are multiples of powers of two that divide that of the last bin, which divides the columns.
 */
function columnWidth(first: bigint, last: bigint, most: bigint): bigint {
  let bin = 1n
  while (bin * BigInt(SUBS) * 2n <= last) bin *= 2n
  for (let scale = 1n; ; scale *= 2n)
    for (const round of scale === 1n ? [1n, 2n, 3n, ...ROUND] : ROUND) {
      const width = round * scale
      if (width % bin === 0n && last / width - first / width < most) return width
    }
}
