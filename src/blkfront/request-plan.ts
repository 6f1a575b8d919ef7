// How the driver will send a request, and why: the same decisions as the frontend's, as a value to show.
import { BLKIF_MAX_SEGMENTS_PER_REQUEST, indirectPagesFor } from '../codec/xen/blkif.ts'
import type { SgSegment } from './block-request.ts'
import type { ScenarioConfig } from './config.ts'
import { chunksPerPage, type DriverModel } from './driver-model.ts'
import {
  ChunkList,
  countChunks,
  cutIntoChunks,
  grantsWanted,
  type Refusal,
  type RequestShape,
  refusalOfRequest,
  refusalOfSegments,
  shapeOf,
} from './segments.ts'

/** A 4 KiB piece of a Linux page that gets a grant of its own. */
export interface PlannedChunk {
  /** Which 4 KiB of the Linux page, from 0. */
  readonly chunk: number
  /** Sectors of 512 bytes within the 4 KiB. */
  readonly first_sect: number
  readonly last_sect: number
}

/** A Linux segment, and the 4 KiB chunks that it is cut into. */
export interface PlannedSegment {
  readonly segment: SgSegment
  readonly chunks: readonly PlannedChunk[]
  /** Chunks of the Linux page that hold none of the segment, and so get no grant. */
  readonly skipped: readonly number[]
}

/** How the driver lays a read or write out: its shape, its chunks and the grants that it takes. */
export interface RequestPlan {
  /** `refused`: the driver dies of this request. */
  readonly shape: RequestShape | 'refused'
  readonly reason: string
  readonly refusal?: Refusal
  readonly segments: readonly PlannedSegment[]
  /** Chunks in all: `nr_segments` on the wire, of both slots where there are two. */
  readonly nr_segments: number
  readonly indirectPages: number
  /** References that the driver counts on, before it knows how many it will use. Idle persistent grants may stand in for them. */
  readonly grantsWanted: number
  /** Grants that the request carries: one a chunk, and one an indirect page. */
  readonly grantsUsed: number
}

type PlanConfig = Pick<ScenarioConfig, 'maxIndirectSegments' | 'pageSize'>

/** Plans a read or write. @param fua the write must be a barrier, which no indirect request can be */
export function planRequest(model: DriverModel, config: PlanConfig, segments: readonly SgSegment[], fua = false): RequestPlan {
  const perPage = chunksPerPage(config.pageSize)
  const chunks = countChunks(segments)
  const refusal = refusalOfSegments(model, config, segments.length) ?? refusalOfRequest(model, config, segments, chunks, fua)
  const shape = refusal ? 'refused' : shapeOf(model, config, chunks)!
  const indirectPages = shape === 'indirect' ? indirectPagesFor(chunks) : 0
  return new Plan(segments, perPage, {
    shape,
    reason: refusal?.reason ?? reasonFor(shape, chunks, config),
    ...(refusal ? { refusal } : {}),
    nr_segments: chunks,
    indirectPages,
    grantsWanted: grantsWanted(segments.length, perPage),
    grantsUsed: refusal ? 0 : chunks + indirectPages,
  })
}

/** Segments are planned when they are looked at: of millions of requests most are not. */
class Plan implements RequestPlan {
  readonly shape: RequestPlan['shape']
  readonly reason: string
  readonly refusal?: Refusal
  readonly nr_segments: number
  readonly indirectPages: number
  readonly grantsWanted: number
  readonly grantsUsed: number
  readonly #segments: readonly SgSegment[]
  readonly #perPage: number
  #planned: readonly PlannedSegment[] | undefined

  constructor(segments: readonly SgSegment[], perPage: number, plan: Omit<RequestPlan, 'segments'>) {
    this.shape = plan.shape
    this.reason = plan.reason
    if (plan.refusal) this.refusal = plan.refusal
    this.nr_segments = plan.nr_segments
    this.indirectPages = plan.indirectPages
    this.grantsWanted = plan.grantsWanted
    this.grantsUsed = plan.grantsUsed
    this.#segments = segments
    this.#perPage = perPage
  }

  get segments(): readonly PlannedSegment[] {
    this.#planned ??= this.#segments.map((segment) => planSegment(segment, this.#perPage))
    return this.#planned
  }
}

const cut = new ChunkList()

function planSegment(segment: SgSegment, perPage: number): PlannedSegment {
  cutIntoChunks([segment], cut)
  const chunks = Array.from({ length: cut.count }, (_, k) => ({
    chunk: cut.chunkInPage(k),
    first_sect: cut.first_sect(k),
    last_sect: cut.last_sect(k),
  }))
  const skipped: number[] = []
  // A segment is one piece of its page.
  const [first, last] = [chunks[0]?.chunk ?? perPage, chunks.at(-1)?.chunk ?? perPage]
  for (let chunk = 0; chunk < perPage; chunk++) if (chunk < first || chunk > last) skipped.push(chunk)
  return { segment, chunks, skipped }
}

function reasonFor(shape: RequestShape | 'refused', chunks: number, config: PlanConfig): string {
  const max = BLKIF_MAX_SEGMENTS_PER_REQUEST
  if (shape === 'indirect') return `${chunks} chunks do not fit in the ${max} segments of a slot`
  if (shape === 'two-slots')
    return `${chunks} chunks do not fit in the ${max} segments of a slot, indirect requests are off, and one page of ${config.pageSize} bytes must be sent whole: ${max} go in a first slot, ${chunks - max} in a second`
  return `${chunks} ${chunks === 1 ? 'chunk fits' : 'chunks fit'} in the ${max} segments of a slot`
}
