// From request steps to what the block layer hands to the driver, and why it never would.

import { segmentsPerRequest } from '../../blkfront/driver-model.ts'
import {
  type BackendNodes,
  type BlockRequest,
  cutBuffer,
  cutByLimits,
  DRIVER_MODELS,
  type DriverModel,
  joinSegments,
  limitsAtConnect,
  limitsAtReconnect,
  negotiated,
  type QueueLimits,
  type Refusal,
  type ScenarioConfig,
  type SgSegment,
  sectorsOfSegments,
} from '../../blkfront/index.ts'
import { ChunkList, cutIntoChunks, refusalOfCounts, refusalOfRequest, refusalOfSegments } from '../../blkfront/segments.ts'
import { ringGeometry } from '../../codec/ring/geometry.ts'
import { abiByName } from '../../codec/struct/abi.ts'
import { SECTOR_SIZE } from '../../codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import { U64_MAX } from './quantity.ts'
import { ScenarioError } from './scenario-error.ts'
import type { RequestValue } from './step-table.ts'
import type { ScenarioFile } from './table.ts'
import type { Work } from './work.ts'

/** Up to here no request ends beyond 2^64: its sectors are fewer than 2^53. */
const FAR = 2n ** 63n

/** Pages after which the data of requests begins again at the first: no kernel has more in flight. */
const REQUEST_PAGES = 2 ** 20

export interface Terms {
  /** As agreed on so far: a step that resumes changes it, for the steps behind it. */
  config: ScenarioConfig
  readonly dataPfn: number
  readonly unchecked: boolean
  readonly work: Work
  /** What the block layer cuts by; undefined where it hands everything on: unchecked, or of a driver that dies while it connects. */
  limits: QueueLimits | undefined
  /** The block layer's own limit, in sectors. */
  readonly maxSectors: number
  resume(nodes: BackendNodes, trusted: boolean, asked: Pick<ScenarioConfig, 'ringPages'> & { readonly queues: number }): void
}

type Unnumbered = Omit<BlockRequest, 'serial'>
type Asked = Pick<BlockRequest, 'op' | 'fua' | 'sector' | 'nrSectors'>

/** Pages of memory one behind the other. */
interface BufferPlace {
  /** Linux PFN of the first. */
  readonly page: number
  /** Bytes from the page's start to the part, which is `bytes` long. */
  readonly offset: number
  readonly bytes: number
}

export function termsOf(
  config: ScenarioConfig,
  file: Pick<ScenarioFile, 'data_pfn' | 'unchecked' | 'max_sectors_kb'>,
  work: Work,
): Terms {
  const { data_pfn: dataPfn, unchecked } = file
  const model = DRIVER_MODELS[config.driver]
  const connects = segmentsPerRequest(model, config.maxIndirectSegments, config.pageSize) > 0
  const { nr_ents } = ringGeometry(abiByName(config.abi)!, config.ringPages)
  const limits = connects && !unchecked ? limitsAtConnect(model, config, nr_ents) : undefined
  const terms: Terms = {
    config,
    dataPfn,
    unchecked,
    work,
    limits,
    maxSectors: (file.max_sectors_kb * 1024) / SECTOR_SIZE,
    resume(nodes, trusted, { ringPages, queues }) {
      const parameters = terms.config.parameters ?? {}
      const agreed = negotiated(model, nodes, parameters, terms.config, trusted)
      terms.config = { ...terms.config, ...agreed, ringPages, queues: model.hasQueues ? queues : 1 }
      if (terms.limits) terms.limits = limitsAtReconnect(model, terms.config, terms.limits)
    },
  }
  return terms
}

/** Requests that together are the one given, each within the limits. */
export function cutRequest(request: Unnumbered, limits: QueueLimits, maxSectors: number): Unnumbered[] {
  const cuts = cutByLimits(request.segments, limits, maxSectors)
  if (cuts.length === 1) return [request]
  const bytes = request.nrSectors * SECTOR_SIZE
  let { sector } = request
  return cuts.map(({ segments, nrSectors, endedBy }, i) => {
    const part = { ...request, sector, nrSectors, segments, part: { number: i + 1, of: cuts.length, bytes, endedBy } }
    sector = BigInt.asUintN(64, sector + BigInt(nrSectors))
    return part
  })
}

/** Makes the requests of a scenario in order: numbers them, and gives each the sectors and pages that it does not name. */
export class RequestMaker {
  readonly terms: Terms
  readonly #model: DriverModel
  /** A driver that dies while it connects is worth emulating, and refuses nothing. */
  readonly #connects: boolean
  readonly #chunks = new ChunkList()
  #serial = 0
  #sector = 0n
  #pages = 0

  constructor(terms: Terms) {
    this.terms = terms
    this.#model = DRIVER_MODELS[terms.config.driver]
    this.#connects = segmentsPerRequest(this.#model, terms.config.maxIndirectSegments, terms.config.pageSize) > 0
  }

  /** Numbers that a workload's requests take. @returns the first */
  takeSerials(count: number): number {
    const first = this.#serial
    this.#serial += count
    return first
  }

  /** One request, or those that the block layer makes of an I/O. Segments that are given go to the driver as they are. */
  make({ key, value }: RequestValue, path: string): BlockRequest[] {
    switch (key) {
      case 'read':
      case 'write': {
        const fua = 'fua' in value && value.fua
        if (value.segments === undefined && value.vectors === undefined && !this.terms.unchecked)
          return this.#ofBuffer({ op: key, fua, sector: value.sector ?? this.#sector }, this.#bufferOf(value, path), path)
        const segments = this.#segmentsOf(value, path)
        const request = {
          op: key,
          fua,
          sector: value.sector ?? this.#sector,
          nrSectors: sectorsOfSegments(segments),
          segments,
        } as const
        if (value.segments !== undefined) return [this.#checked(request, path, 'segments')]
        if (!this.terms.unchecked) checkEnd(request, path)
        return this.#cut(request).map((part) => this.#checked(part, path, 'bytes'))
      }
      case 'flush': {
        const segments = value.segments ?? []
        this.#checkSegments(segments, path)
        return [this.#checked({ op: 'flush', fua: false, sector: value.sector, nrSectors: 0, segments }, path, 'segments')]
      }
      case 'discard': {
        if (value.sectors !== undefined && value.bytes !== undefined)
          throw new ScenarioError(`${path}.bytes`, 'sectors stands beside it; one of the two is enough')
        const nrSectors = value.sectors ?? (value.bytes === undefined ? undefined : value.bytes / SECTOR_SIZE)
        if (nrSectors === undefined) throw new ScenarioError(path, 'needs sectors or bytes')
        if (nrSectors === 0 && !this.terms.unchecked) {
          const key = value.sectors === undefined ? 'bytes' : 'sectors'
          throw new ScenarioError(`${path}.${key}`, `0 ${key}: the block layer sends no empty discard`)
        }
        const op = value.secure ? 'secdiscard' : 'discard'
        return [this.#checked({ op, fua: false, sector: value.sector ?? this.#sector, nrSectors, segments: [] }, path, 'sectors')]
      }
    }
  }

  /** As the block layer cuts by the limits of a driver that lives to tell them. */
  #cut(request: Unnumbered): Unnumbered[] {
    const { limits, maxSectors } = this.terms
    return limits ? cutRequest(request, limits, maxSectors) : [request]
  }

  /** As of segments, none of which is made before it is looked at. */
  #ofBuffer(request: Omit<Unnumbered, 'nrSectors' | 'segments'>, buffer: BufferPlace, path: string): BlockRequest[] {
    const { config, limits, maxSectors } = this.terms
    const { page, offset, bytes } = buffer
    const { pageSize } = config
    const nrSectors = bytes / SECTOR_SIZE
    let { sector } = request
    checkEnd({ ...request, nrSectors }, path)
    const cuts = limits ? cutBuffer(offset, bytes, pageSize, limits, maxSectors) : [{ offset, nrSectors, endedBy: undefined }]
    return cuts.map((cut, i) => {
      const own = {
        page: page + Math.floor(cut.offset / pageSize),
        offset: cut.offset % pageSize,
        bytes: cut.nrSectors * SECTOR_SIZE,
      }
      const part = cuts.length === 1 ? {} : { part: { number: i + 1, of: cuts.length, bytes, endedBy: cut.endedBy } }
      const one = { ...request, sector, nrSectors: cut.nrSectors, ...part }
      sector = BigInt.asUintN(64, sector + BigInt(cut.nrSectors))
      this.#check(one, this.#refusalOfBuffer(own, request.fua), path, 'bytes')
      return new BufferRequest(this.#numbered(one), own, pageSize)
    })
  }

  #checked(request: Unnumbered, path: string, lengthKey: string): BlockRequest {
    if (!this.terms.unchecked) {
      const refusal = this.#connects && request.segments.length > 0 ? this.#refusalOf(request) : undefined
      this.#check(request, refusal, path, lengthKey)
    }
    return withoutSegments(this.#numbered(request), this.terms.config.pageSize)
  }

  #check(request: Asked, refusal: Refusal | undefined, path: string, lengthKey: string): void {
    checkEnd(request, path)
    this.#checkFeatures(request, path)
    if (refusal) throw new ScenarioError(`${path}.${lengthKey}`, `the driver dies of it: ${refusal.reason}`)
  }

  #numbered<R extends Asked>(request: R): R & { readonly serial: number } {
    if (request.op === 'read' || request.op === 'write')
      this.#sector = BigInt.asUintN(64, request.sector + BigInt(request.nrSectors))
    return { serial: this.takeSerials(1), ...request }
  }

  #refusalOfBuffer({ offset, bytes }: BufferPlace, fua: boolean): Refusal | undefined {
    if (!this.#connects) return undefined
    const { config } = this.terms
    const pieces = (size: number) => Math.ceil(((offset % size) + bytes) / size)
    const segments = pieces(config.pageSize)
    return (
      refusalOfSegments(this.#model, config, segments) ?? refusalOfCounts(this.#model, config, segments, pieces(XEN_PAGE_SIZE), fua)
    )
  }

  #refusalOf({ op, fua, segments }: Unnumbered): Refusal | undefined {
    const { config } = this.terms
    cutIntoChunks(segments, this.#chunks)
    return (
      refusalOfSegments(this.#model, config, segments.length) ??
      refusalOfRequest(this.#model, config, segments, this.#chunks.count, fua || op === 'flush')
    )
  }

  #checkFeatures({ op, fua }: Asked, path: string): void {
    const { featureFlush, featureFua, featureDiscard, featureSecdiscard } = this.terms.config
    if (op === 'flush' && !featureFlush)
      throw new ScenarioError(path, 'the driver refuses a flush where the backend has neither features.flush nor features.barrier')
    if (fua && !featureFua)
      throw new ScenarioError(
        `${path}.fua`,
        'the driver refuses FUA unless the backend has barriers alone (features.barrier without features.flush)',
      )
    if (op.endsWith('discard') && !featureDiscard)
      throw new ScenarioError(path, 'no discard is sent to a backend without features.discard')
    if (op === 'secdiscard' && !featureSecdiscard)
      throw new ScenarioError(`${path}.secure`, 'no secure discard is sent to a backend without features.secure_discard')
  }

  #segmentsOf(value: Extract<RequestValue, { key: 'read' }>['value'], path: string): readonly SgSegment[] {
    const { unchecked, config } = this.terms
    if (value.segments !== undefined) {
      for (const key of ['bytes', 'offset', 'page', 'vectors'] as const)
        if (value[key] !== undefined) throw new ScenarioError(`${path}.${key}`, 'segments stands beside it, which says it all')
      this.#checkSegments(value.segments, path)
      if (!unchecked && value.segments.length === 0)
        throw new ScenarioError(`${path}.segments`, 'a request without segments moves no data')
      return value.segments
    }
    if (value.vectors !== undefined) return this.#joined(value.vectors, value, path)
    const { page, offset, bytes } = this.#bufferOf(value, path)
    return cutIntoPages(page, offset, bytes, config.pageSize)
  }

  #bufferOf(value: Extract<RequestValue, { key: 'read' }>['value'], path: string): BufferPlace {
    const { unchecked, config, work } = this.terms
    const { bytes = 4096, offset = 0 } = value
    if (!unchecked) checkBuffer(bytes, offset, config.pageSize, path)
    work.request(bytes, `${path}.bytes`)
    return { page: value.page ?? this.#freshPages(Math.ceil((offset + bytes) / config.pageSize)), offset, bytes }
  }

  /** What the block layer has of pieces of memory: none crosses a page, and those that touch within one are one. */
  #joined(vectors: readonly SgSegment[], value: Extract<RequestValue, { key: 'read' }>['value'], path: string): SgSegment[] {
    const { unchecked, config, work } = this.terms
    for (const key of ['bytes', 'offset', 'page'] as const)
      if (value[key] !== undefined) throw new ScenarioError(`${path}.${key}`, 'vectors stands beside it, which says it all')
    if (!unchecked && vectors.length === 0) throw new ScenarioError(`${path}.vectors`, 'a request without memory moves no data')
    for (const [i, [, offset, length]] of vectors.entries()) {
      if (!unchecked) checkBuffer(length, offset, config.pageSize, `${path}.vectors[${i}]`, 'length')
      work.request(length, `${path}.vectors[${i}]`)
    }
    return joinSegments(vectors.flatMap(([page, offset, length]) => cutIntoPages(page, offset, length, config.pageSize)))
  }

  #checkSegments(segments: readonly SgSegment[], path: string): void {
    const { unchecked, config } = this.terms
    if (unchecked) return
    for (const [i, segment] of segments.entries()) checkSegment(segment, config.pageSize, `${path}.segments[${i}]`)
  }

  #freshPages(count: number): number {
    if (this.#pages + count > REQUEST_PAGES) this.#pages = 0
    const page = this.terms.dataPfn + this.#pages
    this.#pages += count
    return page
  }
}

/** A buffer of pages one behind the other, as the block layer's segments: no segment leaves its page. */
export function cutIntoPages(page: number, offset: number, bytes: number, pageSize: number): SgSegment[] {
  const segments: SgSegment[] = []
  let at = offset
  for (let left = bytes, n = page; left > 0; n++) {
    const length = Math.min(left, Math.max(pageSize - at, 0))
    if (length > 0) segments.push([n, at, length])
    left -= length
    at = 0
  }
  return segments
}

export function checkBuffer(bytes: number, offset: number, pageSize: number, path: string, bytesKey = 'bytes'): void {
  if (bytes % SECTOR_SIZE) throw new ScenarioError(`${path}.${bytesKey}`, `${bytes} is not a multiple of ${SECTOR_SIZE}`)
  if (bytes === 0) throw new ScenarioError(`${path}.${bytesKey}`, '0 bytes: the block layer sends no empty read or write')
  if (offset % SECTOR_SIZE) throw new ScenarioError(`${path}.offset`, `${offset} is not a multiple of ${SECTOR_SIZE}`)
  if (offset >= pageSize) throw new ScenarioError(`${path}.offset`, `${offset} is not within a page of ${pageSize} bytes`)
}

/** The same request; segments that are pages one behind the other are made when they are looked at: a trace can ask for millions. */
function withoutSegments(request: BlockRequest, pageSize: number): BlockRequest {
  const { segments, ...rest } = request
  const [first] = segments
  if (!first || segments.length < 2) return request
  const [page, offset] = first
  const bytes = segments.reduce((sum, [, , length]) => sum + length, 0)
  const again = cutIntoPages(page, offset, bytes, pageSize)
  const same = ([n, at, length]: SgSegment, i: number) => n === again[i]![0] && at === again[i]![1] && length === again[i]![2]
  if (offset >= pageSize || again.length !== segments.length || !segments.every(same)) return request
  return new BufferRequest(rest, { page, offset, bytes }, pageSize)
}

/** A read or write of a buffer. */
class BufferRequest implements BlockRequest {
  readonly serial: number
  readonly op: BlockRequest['op']
  readonly fua: boolean
  readonly sector: bigint
  readonly nrSectors: number
  readonly part?: NonNullable<BlockRequest['part']>
  readonly #page: number
  readonly #offset: number
  readonly #bytes: number
  readonly #pageSize: number

  constructor({ serial, op, fua, sector, nrSectors, part }: Omit<BlockRequest, 'segments'>, buffer: BufferPlace, pageSize: number) {
    this.serial = serial
    this.op = op
    this.fua = fua
    this.sector = sector
    this.nrSectors = nrSectors
    if (part) this.part = part
    this.#page = buffer.page
    this.#offset = buffer.offset
    this.#bytes = buffer.bytes
    this.#pageSize = pageSize
  }

  get segments(): readonly SgSegment[] {
    if (last?.request !== this)
      last = { request: this, segments: cutIntoPages(this.#page, this.#offset, this.#bytes, this.#pageSize) }
    return last.segments
  }
}

/** What was cut last: a request is looked at several times before the next one. */
let last: { readonly request: BufferRequest; readonly segments: readonly SgSegment[] } | undefined

function checkSegment([, offset, length]: SgSegment, pageSize: number, path: string): void {
  if (offset % SECTOR_SIZE) throw new ScenarioError(`${path}[1]`, `offset ${offset} is not a multiple of ${SECTOR_SIZE}`)
  if (length % SECTOR_SIZE) throw new ScenarioError(`${path}[2]`, `length ${length} is not a multiple of ${SECTOR_SIZE}`)
  if (length === 0) throw new ScenarioError(`${path}[2]`, 'length 0: the block layer sends no empty segment')
  if (offset + length > pageSize)
    throw new ScenarioError(path, `${length} bytes at ${offset} leave their page of ${pageSize} bytes`)
}

function checkEnd({ op, sector, nrSectors }: Asked, path: string): void {
  if (op === 'flush') return
  // Of nearly every request its place alone says it.
  if (sector > FAR && sector + BigInt(nrSectors) > U64_MAX)
    throw new ScenarioError(`${path}.sector`, `sector ${sector} + ${nrSectors} lies beyond 2^64`)
}
