// From the block layer's segments to what a request carries: pure, and the same for all drivers but for the limits that kill them.
import { BLKIF_MAX_SEGMENTS_PER_REQUEST, indirectPagesFor, SECTOR_SIZE } from '../codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { SgSegment } from './block-request.ts'
import type { ScenarioConfig } from './config.ts'
import { chunksPerPage, type DriverModel, grantsPerRequest, segmentsPerRequest, splitsAt } from './driver-model.ts'
import type { FatalCause } from './fatal.ts'

/** The chunks of one request as columns, reused from request to request. */
export class ChunkList {
  count = 0
  /** Linux PFN of each chunk's page. */
  page = new Float64Array(64)
  /** Byte offset in the Linux page. */
  offset = new Uint32Array(64)
  /** Bytes of each chunk. */
  length = new Uint16Array(64)
  /** Bytes of all chunks. */
  bytes = 0

  clear(): void {
    this.count = 0
    this.bytes = 0
  }

  add(page: number, offset: number, length: number): void {
    const k = this.count++
    if (k === this.page.length) this.#grow()
    this.page[k] = page
    this.offset[k] = offset
    this.length[k] = length
    this.bytes += length
  }

  /** Which 4 KiB of its Linux page a chunk lies in. */
  chunkInPage(k: number): number {
    return Math.floor(this.offset[k]! / XEN_PAGE_SIZE)
  }

  offsetInChunk(k: number): number {
    return this.offset[k]! % XEN_PAGE_SIZE
  }

  first_sect(k: number): number {
    return Math.floor(this.offsetInChunk(k) / SECTOR_SIZE)
  }

  last_sect(k: number): number {
    return this.first_sect(k) + Math.floor(this.length[k]! / SECTOR_SIZE) - 1
  }

  #grow(): void {
    const room = 2 * this.page.length
    const page = new Float64Array(room)
    page.set(this.page)
    this.page = page
    const offset = new Uint32Array(room)
    offset.set(this.offset)
    this.offset = offset
    const length = new Uint16Array(room)
    length.set(this.length)
    this.length = length
  }
}

/** Cuts segments at every 4 KiB of their pages. Chunks of a page that a segment does not touch are not among them. */
export function cutIntoChunks(segments: readonly SgSegment[], into: ChunkList): void {
  into.clear()
  for (const [page, offset, length] of segments) cutSegment(page, offset, length, into)
}

/** How many chunks they are cut into. */
export function countChunks(segments: readonly SgSegment[]): number {
  let count = 0
  for (const [, offset, length] of segments)
    if (length > 0) count += Math.floor((offset + length - 1) / XEN_PAGE_SIZE) - Math.floor(offset / XEN_PAGE_SIZE) + 1
  return count
}

function cutSegment(page: number, offset: number, length: number, into: ChunkList): void {
  const end = offset + length
  for (let at = offset; at < end; ) {
    const next = Math.min(end, at - (at % XEN_PAGE_SIZE) + XEN_PAGE_SIZE)
    into.add(page, at, next - at)
    at = next
  }
}

/**
 * References that the driver wants before it looks closer: every segment counts as a full page, and if that may need an
 * indirect request, so do its indirect pages. Small segments reserve more than they use.
 */
export function grantsWanted(segments: number, perPage: number): number {
  const chunks = segments * perPage
  return chunks > BLKIF_MAX_SEGMENTS_PER_REQUEST ? chunks + indirectPagesFor(chunks) : chunks
}

/** How a request goes into the ring: with its segments in one slot, in indirect pages, or split over two slots. */
export type RequestShape = 'direct' | 'indirect' | 'two-slots'

type Limits = Pick<ScenarioConfig, 'maxIndirectSegments' | 'pageSize'>

/** How a request of so many chunks goes into the ring; undefined where the driver has no way to send it. */
export function shapeOf(model: DriverModel, config: Limits, chunks: number): RequestShape | undefined {
  if (chunks <= BLKIF_MAX_SEGMENTS_PER_REQUEST) return 'direct'
  if (config.maxIndirectSegments > 0) return 'indirect'
  return splitsAt(model, config.pageSize) ? 'two-slots' : undefined
}

/** Why the driver cannot send a request, which kills it. */
export interface Refusal {
  readonly cause: FatalCause
  readonly reason: string
}

/** The check that some drivers make before they cut anything; undefined if it passes. */
export function refusalOfSegments(model: DriverModel, config: Limits, segments: number): Refusal | undefined {
  if (!model.limitsSegments) return undefined
  const chunks = segments * chunksPerPage(config.pageSize)
  const limit = config.maxIndirectSegments || BLKIF_MAX_SEGMENTS_PER_REQUEST
  if (chunks <= limit) return undefined
  return {
    cause: 'too-many-segments',
    reason: `${segments} segments count as ${chunks} chunks, above the ${limit} that the ${model.name} driver takes: its assertion halts the kernel`,
  }
}

/** Why the driver cannot write a request of these segments, cut into so many chunks, or undefined if it can. */
export function refusalOfRequest(
  model: DriverModel,
  config: Limits,
  segments: readonly SgSegment[],
  chunks: number,
  fua: boolean,
): Refusal | undefined {
  const refusal = refusalOfCounts(model, config, segments.length, chunks, fua)
  if (refusal) return refusal
  for (const [, offset, length] of segments)
    if (offset + length > config.pageSize)
      return {
        cause: 'segment-past-page',
        reason: `a segment of ${length} bytes at ${offset} leaves its page of ${config.pageSize} bytes: an assertion halts the kernel`,
      }
  return undefined
}

/** Why a driver that counts segments cannot send a request, of segments that do not leave their pages. */
export function refusalOfCounts(
  model: DriverModel,
  config: Limits,
  segments: number,
  chunks: number,
  fua: boolean,
): Refusal | undefined {
  const shape = shapeOf(model, config, chunks)
  if (!shape)
    return {
      cause: 'too-many-chunks',
      reason: `${chunks} chunks need an indirect request, which is off, and a page of ${config.pageSize} bytes is never split in two: an assertion halts the kernel`,
    }
  if (shape === 'indirect' && fua)
    return {
      cause: 'fua-needs-indirect',
      reason: `${chunks} chunks need an indirect request, which cannot be a barrier: an assertion halts the kernel`,
    }
  const table = segmentsPerRequest(model, config.maxIndirectSegments, config.pageSize)
  if (segments > table)
    return {
      cause: 'table-overrun',
      reason: `${segments} segments overrun a scatter-gather table of ${table}: kernel memory behind it is overwritten`,
    }
  const grants = grantsPerRequest(model, config.maxIndirectSegments, config.pageSize)
  if (chunks > grants)
    return {
      cause: 'table-overrun',
      reason: `${chunks} chunks overrun a table of ${grants} grants: kernel memory behind it is overwritten`,
    }
  return undefined
}
