// The bios that requests are made of, as far as a suspend takes them apart: who waits for which, and with what error each ends.
import { count } from '../codec/struct/count.ts'
import { SECTOR_SIZE } from '../codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { BlockOp, BlockRequest, RequestOrigin, SgSegment } from './block-request.ts'
import { chunksPerPage } from './driver-model.ts'
import { DriverDied } from './fatal.ts'
import type { QueueLimits } from './limits.ts'

/** A bio, or a part of one that was handed to the block layer alone. */
export interface Bio {
  /** Number of the bio that it is, or is a part of. */
  readonly bio: number
  readonly op: BlockOp
  readonly sector: bigint
  readonly nrSectors: number
  /** The segments of the bio; a discard has none. */
  readonly segments: readonly SgSegment[]
  readonly whole: Whole | undefined
}

/** A bio that was cut: it ends when all its parts have. */
interface Whole {
  readonly bio: Bio
  parts: number
  error: number
  /** The block layer keeps the first error of its parts; the driver's own cutting knows only that of the part that ends last. */
  readonly keepsErrors: boolean
}

/** A bio that ended, and how. */
export interface EndedBio {
  readonly bio: number
  /** 0, or a negative Linux error. */
  readonly error: number
}

/** A bio that the driver handed to the block layer again after a resume, and the requests that the block layer makes of it. */
export interface Resubmitted {
  /** Counts over the life of the device. */
  readonly index: number
  readonly bio: number
  /** A part cut by the driver. */
  readonly split: boolean
  readonly op: BlockOp
  readonly sector: bigint
  readonly nrSectors: number
  readonly segments: readonly SgSegment[]
  readonly requests: readonly ResubmittedRequest[]
}

export interface ResubmittedRequest {
  readonly sector: bigint
  readonly segments: readonly SgSegment[]
  /** The sectors of a discard, which has no segments. */
  readonly nrSectors?: number
}

/** A bio of which sectors were lost when the driver cut it after a resume. */
export interface Uncovered {
  readonly bio: number
  /** Sectors of the bio that lie in none of its parts. */
  readonly nrSectors: number
}

export class Bios {
  /** What each outstanding request consists of, by its serial. */
  readonly #ofRequest = new Map<number, readonly Bio[]>()
  /** What the block layer made of each bio handed in again. */
  readonly #resubmitted: (readonly Bio[])[] = []

  /** The driver took a request. Of one that is handed in whole again nothing changes. */
  taken(request: BlockRequest, from: RequestOrigin | undefined): void {
    if (from) {
      const part = this.#resubmitted[from.index]?.[from.request]
      if (part) this.#ofRequest.set(request.serial, [part])
    } else if (request.bios && !this.#ofRequest.has(request.serial)) this.#ofRequest.set(request.serial, biosOf(request))
  }

  /** The bios of a request that is ended without ending them, in order. */
  takeFrom(serial: number): readonly Bio[] {
    const bios = this.#ofRequest.get(serial) ?? []
    this.#ofRequest.delete(serial)
    return bios
  }

  /** Numbers of the bios of a request that nobody will end. */
  lostWith(serial: number): number[] {
    return this.takeFrom(serial).map(({ bio }) => bio)
  }

  completed(serial: number, error: number, ended: EndedBio[]): void {
    if (this.#ofRequest.size === 0) return
    for (const bio of this.takeFrom(serial)) end(bio, error, ended)
  }

  /**
   * Hands a bio to the block layer again, as it is or cut into parts.
   * @param parts of it, where the driver cut it
   */
  resubmit(bio: Bio, parts: readonly Bio[] | undefined, limits: QueueLimits, pageSize: number): Resubmitted[] {
    return (parts ?? [bio]).map((part) => {
      const pieces = cutByLimits(part, limits, pageSize)
      const whole = { bio: part, parts: pieces.length, error: 0, keepsErrors: true }
      this.#resubmitted.push(pieces.length === 1 ? [asRecorded(part)] : pieces.map((piece) => ({ ...piece, whole })))
      const { op, sector, nrSectors, segments } = part
      const requests = pieces.map((piece) => ({
        sector: piece.sector,
        segments: piece.segments,
        ...(piece.segments.length === 0 ? { nrSectors: piece.nrSectors } : {}),
      }))
      return {
        index: this.#resubmitted.length - 1,
        bio: part.bio,
        split: parts !== undefined,
        op,
        sector,
        nrSectors,
        segments,
        requests,
      }
    })
  }
}

/**
 * A discard that was handed in again and is handed in a second time has no sectors in the recordings (extra-req, `random-007` of 64 KiB).
 * Whether that is the kernel's doing or the recorder's model of the block layer they do not settle.
 */
function asRecorded(part: Bio): Bio {
  return part.segments.length === 0 ? { ...part, nrSectors: 0 } : part
}

function end(bio: Bio, error: number, ended: EndedBio[]): void {
  const { whole } = bio
  if (!whole) {
    ended.push({ bio: bio.bio, error })
    return
  }
  whole.parts--
  if (whole.error === 0) whole.error = error
  if (whole.parts === 0) end(whole.bio, whole.keepsErrors ? whole.error : error, ended)
}

function biosOf({ bios = [], op, sector, nrSectors, segments }: BlockRequest): Bio[] {
  let [first, at] = [0, sector]
  return bios.map(([bio, count]) => {
    const own = segments.slice(first, first + count)
    const sectors = own.length === 0 ? nrSectors : sectorsOfSegments(own)
    const made = { bio, op, sector: at, nrSectors: sectors, segments: own, whole: undefined }
    first += count
    at += BigInt(sectors)
    return made
  })
}

/** Sectors that hold the bytes of segments; of lengths that are no whole sectors, one more. */
export function sectorsOfSegments(segments: readonly SgSegment[]): number {
  return Math.ceil(segments.reduce((sum, [, , length]) => sum + length, 0) / SECTOR_SIZE)
}

/**
 * Cuts a bio as drivers do that cut it themselves: parts of 4 KiB a segment. Only of full segments of 4 KiB is that all of it.
 * @param limit segments that a request takes
 * @returns undefined where it need not be cut
 * @throws DriverDied where a part would begin behind the end
 */
export function cutForDriver(bio: Bio, limit: number): { parts: Bio[]; uncovered: number } | undefined {
  const segments = Math.max(bio.segments.length, 1)
  if (segments <= limit) return undefined
  const size = (limit * XEN_PAGE_SIZE) / SECTOR_SIZE
  const pieces = Math.ceil(segments / limit)
  const whole: Whole = { bio, parts: pieces, error: 0, keepsErrors: false }
  let covered = 0
  const parts = Array.from({ length: pieces }, (_, i) => {
    const from = i * size
    if (from >= bio.nrSectors)
      throw new DriverDied(
        'bio-cut-past-end',
        `a bio of ${count(segments, 'segment')} and ${count(bio.nrSectors, 'sector')} is cut into ${pieces} parts of ${count(size, 'sector')}: one begins behind its end, and the driver looks for it for ever`,
      )
    const nrSectors = Math.min(size, bio.nrSectors - from)
    covered += nrSectors
    return { ...bio, sector: bio.sector + BigInt(from), nrSectors, segments: slice(bio.segments, from, nrSectors), whole }
  })
  return { parts, uncovered: bio.nrSectors - covered }
}

/** The segments that hold sectors [from, from + count) of a list of segments. */
function slice(segments: readonly SgSegment[], from: number, count: number): SgSegment[] {
  const taken: SgSegment[] = []
  let skip = from * SECTOR_SIZE
  let left = count * SECTOR_SIZE
  for (const [page, offset, length] of segments) {
    if (left === 0) break
    const skipped = Math.min(skip, length)
    skip -= skipped
    const used = Math.min(length - skipped, left)
    if (used === 0) continue
    taken.push([page, offset + skipped, used])
    left -= used
  }
  return taken
}

/** What the block layer makes of a bio: requests that each keep to the limits. Segments are not joined here, nor cut. */
function cutByLimits(bio: Bio, { maxSegments, maxHwSectors }: QueueLimits, pageSize: number): Bio[] {
  if (bio.segments.length === 0) return [bio]
  const mostSegments = Math.max(maxSegments, 1)
  const mostSectors = Math.max(maxHwSectors, (chunksPerPage(pageSize) * XEN_PAGE_SIZE) / SECTOR_SIZE)
  const pieces: Bio[] = []
  let segments: SgSegment[] = []
  let sectors = 0
  let sector = bio.sector
  const finish = () => {
    if (segments.length > 0) pieces.push({ ...bio, sector, nrSectors: sectors, segments })
    sector += BigInt(sectors)
    segments = []
    sectors = 0
  }
  for (const segment of bio.segments) {
    const own = segment[2] / SECTOR_SIZE
    if (segments.length === mostSegments || sectors + own > mostSectors) finish()
    segments.push(segment)
    sectors += own
  }
  finish()
  return pieces
}
