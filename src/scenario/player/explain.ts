// Of one emulated request everything that can be said: what was asked, how it was cut, where it went.
import {
  type BlockRequest,
  DISABLED,
  DRIVER_MODELS,
  type Emulator,
  planRequest,
  type RequestPlan,
  type StepOutcome,
  type SubmitResult,
} from '../../blkfront/index.ts'
import type { Wire } from '../../codec/ring/field-offsets.ts'
import { slotOffset } from '../../codec/ring/geometry.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST, SEGS_PER_INDIRECT_PAGE } from '../../codec/xen/blkif.ts'

/** A grant of a request, with the frame that it gives access to. */
export interface ExplainedGrant {
  readonly slot: number
  readonly gref: number
  readonly gfn: number
  readonly first_sect: number
  readonly last_sect: number
}

/** How the driver cut a request, and what it took for it. */
export interface ExplainedRequest {
  readonly request: BlockRequest
  /** The queue, of a device with several. */
  readonly queue?: number
  readonly result: SubmitResult
  readonly slots: readonly number[]
  readonly ids: readonly number[]
  readonly pageSize: number
  readonly bounce: boolean
  /** How the driver laid it out; of reads, writes and flushes with data. */
  readonly plan?: RequestPlan
  /** One a chunk, as on the wire. */
  readonly grants: readonly ExplainedGrant[]
  readonly indirectGrefs: readonly { readonly gref: number; readonly gfn: number }[]
  readonly reserved: {
    /** References that the driver counts on. */
    readonly wanted: number
    /** Persistent grants that lay idle. */
    readonly idle: number
    /** References taken from the free list. */
    readonly taken: number
    /** References taken that were granted. */
    readonly fresh: number
  }
  readonly fatal?: string
  /** The driver does not believe its backend, and takes nothing any more. */
  readonly disabled: boolean
}

type Submitted = Extract<StepOutcome, { type: 'submit' | 'queueRq' }>

/**
 * Explains what a step did with a request.
 * @param idle persistent grants that lay idle before the request was put in the ring
 */
export function explainRequest(emulator: Emulator, outcome: Submitted, idle: number): ExplainedRequest {
  const { config } = emulator.frontend
  const model = DRIVER_MODELS[config.driver]
  const { request, result, slots, ids } = outcome
  const flush = request.op === 'flush'
  const carriesData = request.op === 'read' || request.op === 'write' || (flush && request.segments.length > 0)
  const plan = carriesData ? planRequest(model, config, request.segments, request.fua || flush) : undefined
  const wanted = plan?.grantsWanted ?? 0
  const refused = result !== 'queued' && result !== 'fatal'
  const taken = model.reserves === 'all' ? wanted : Math.max(0, wanted - idle)
  return {
    request,
    ...(emulator.frontend.rings.length > 1 ? { queue: outcome.queue } : {}),
    result,
    slots,
    ids,
    pageSize: config.pageSize,
    bounce: config.bounce,
    ...(plan ? { plan } : {}),
    grants: result === 'queued' && plan ? grantsOf(emulator, outcome) : [],
    indirectGrefs: outcome.indirect.map(({ gref, gfn }) => ({ gref, gfn })),
    reserved: { wanted, idle, taken: refused ? 0 : taken, fresh: outcome.granted },
    ...(outcome.fatal ? { fatal: outcome.fatal.reason } : {}),
    disabled: outcome.state.connected === DISABLED,
  }
}

/** The request's segments as they stand on the wire, in order. */
function grantsOf({ frontend }: Emulator, { slots, indirect, queue }: Submitted): ExplainedGrant[] {
  const { guest } = frontend
  const ring = frontend.rings[queue]!
  const { wire } = ring
  const grants: ExplainedGrant[] = []
  for (const slot of slots) {
    const at = slotOffset(ring.geometry, slot)
    const own = Math.min(ring.view.getUint8(at + wire.rw.nr_segments), BLKIF_MAX_SEGMENTS_PER_REQUEST)
    if (indirect.length === 0) addGrants(grants, guest, wire, ring.view, at + wire.rw.seg, own, slot)
  }
  const nr = indirect.length > 0 ? ring.view.getUint16(slotOffset(ring.geometry, slots[0]!) + wire.indirect.nr_segments, true) : 0
  for (const [i, { bytes }] of indirect.entries()) {
    const page = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const left = Math.min(nr - i * SEGS_PER_INDIRECT_PAGE, SEGS_PER_INDIRECT_PAGE)
    addGrants(grants, guest, wire, page, wire.indirectSegments, left, slots[0]!)
  }
  return grants
}

/** A function of its own: a closure would be made, and would keep the grants, for each of millions of requests. */
function addGrants(
  into: ExplainedGrant[],
  { grantTable }: Emulator['frontend']['guest'],
  { segment, segmentStride }: Pick<Wire, 'segment' | 'segmentStride'>,
  view: DataView,
  from: number,
  count: number,
  slot: number,
): void {
  for (let i = 0, at = from; i < count; i++, at += segmentStride) {
    const gref = view.getUint32(at + segment.gref, true)
    const gfn = grantTable.gfnOf(gref) ?? 0
    const [first_sect, last_sect] = [view.getUint8(at + segment.first_sect), view.getUint8(at + segment.last_sect)]
    into.push({ slot, gref, gfn, first_sect, last_sect })
  }
}
