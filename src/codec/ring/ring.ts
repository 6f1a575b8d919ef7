// The view of a shared ring: its indices, and of every slot what it holds.
import { readsAsCleared, slotCriteria } from '../recognise/slot/reads-as.ts'
import { KNOWN_RING } from '../recognise/slot/strictness.ts'
import { type Abi, requireAbi } from '../struct/abi.ts'
import { fieldOf, layoutOf } from '../struct/layout.ts'
import { viewOf } from '../struct/scalar.ts'
import {
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  BLKIF_MAX_SEGMENTS_PER_SEGMENT_BLOCK,
  type BlkifRequest,
  type BlkifRequestSegment,
  type BlkifResponse,
  blkifResponse,
} from '../xen/blkif.ts'
import { type OpName, opName } from '../xen/operations.ts'
import { sringHeader, XEN_PAGE_SIZE } from '../xen/ring.ts'
import { type Certainty, type CompletionEvidence, judgeAnswered } from './answered.ts'
import { type Beneath, decodeBeneath } from './beneath.ts'
import { ownsGrants, ownsId } from './faults.ts'
import type { Finding } from './finding.ts'
import { type RingGeometry, ringGeometry, slotOffset } from './geometry.ts'
import { idText } from './id-text.ts'
import { type ByteSpan, type Missing, missingOf, slotsNotThere } from './missing.ts'
import { blockSegments, continuations, segmentsInBlock } from './multi-slot.ts'
import { type IndirectPages, type Request, viewRequest } from './request.ts'
import { advance, distance, inWindow, isFirstLap, producersPossible, slotOf } from './ring-idx.ts'
import { requirePages } from './ring-pages.ts'
import { DEFAULT_SECTOR_UNIT, type SectorUnit } from './sector-unit.ts'
import { SeenSlots } from './seen.ts'
import { SharedPages } from './shared-pages.ts'
import { slotReadsAsResponse } from './torn.ts'
import { decodeWireRing, type SringHeader, type WireRing } from './wire.ts'

/** A response as the ring has it, with the short name of its operation. */
export interface Response extends BlkifResponse {
  readonly op: OpName
}

/** A slot in [rsp_prod, req_prod): a request that no response was published for at its index. */
export interface RequestSlot {
  readonly state: 'request'
  readonly slot: number
  /** The free-running index in [rsp_prod, req_prod). */
  readonly index: number
  readonly request: Request
  readonly answered: Certainty
  /** Slot of the response that may be its answer. */
  readonly answeredBy: number | undefined
}

/** A slot in [req_prod - nr_ents, rsp_prod): a response, with what survives of the request beneath it. */
export interface ResponseSlot {
  readonly state: 'response'
  readonly slot: number
  /** The free-running index in [req_prod - nr_ents, rsp_prod). */
  readonly index: number
  readonly response: Response
  /** What is left of the request of the same index; the response need not be the answer to it. */
  readonly beneath: Beneath
  /** Whether that request is still outstanding. */
  readonly beneathOutstanding: Certainty
}

/** A slot of the responses that the frontend recycled after taking what was in it: nothing else is known of it. */
export interface ClearedSlot {
  readonly state: 'cleared'
  readonly slot: number
  /** The free-running index in [req_prod - nr_ents, rsp_prod). */
  readonly index: number
}

/** A slot whose bytes are not all in the input. */
export interface UnknownSlot {
  readonly state: 'unknown'
  readonly slot: number
  /** The free-running index; the slot's number where the input has no producers. */
  readonly index: number
  /** What the indices say that it holds; `unknown` where the input has no producers. */
  readonly holds: 'request' | 'response' | 'unused' | 'unknown'
}

/** A slot that was never written, because the ring is on its first lap. */
export interface UnusedSlot {
  readonly state: 'unused'
  readonly slot: number
  /** The index that the slot will carry first. */
  readonly index: number
}

/**
 * A slot that continues the one before it, in a ring whose requests may take several: a block of segments, or what a response
 * over several slots did not write.
 */
export interface ContinuationSlot {
  readonly state: 'continuation'
  readonly slot: number
  readonly index: number
  /** What the indices say: in [rsp_prod, req_prod) a part of a request. */
  readonly holds: 'request' | 'response'
  /** Slot of the request or response; undefined where that is not on the ring any more, or cannot be told. */
  readonly of: number | undefined
  /** Segments of the slot that the request uses; all 14 where the request is not known, and 0 of a response. */
  readonly nr_segments: number
}

/** What a slot holds. `state` tells which of these it is. */
export type Slot = RequestSlot | ResponseSlot | ContinuationSlot | ClearedSlot | UnknownSlot | UnusedSlot

/** A ring as `decodeRing` reads it. */
export interface Ring {
  readonly geometry: RingGeometry
  /** Bytes of the sectors that its requests count in. */
  readonly sectorUnit: SectorUnit
  readonly sring: SringHeader
  /** Whether the producers can be, as `producersPossible` says; `unknown` where one of them is not in the input. */
  readonly indices: 'possible' | 'impossible' | 'unknown'
  /** req_prod - rsp_prod mod 2^32: how many requests no response answers yet. 0 where it is unknown. */
  readonly outstanding: number
  /** Why the requests of the window are taken to be those outstanding, or not. */
  readonly evidence: CompletionEvidence
  /** What each slot holds, by its number. */
  readonly slots: readonly Slot[]
  /** What of it is not in the input. */
  readonly missing: Missing
  readonly findings: readonly Finding[]
}

/** What `decodeRing` can be told beside the bytes and the ABI. */
export interface DecodeRingOptions {
  readonly indirectPages?: IndirectPages
  /** Bytes that are not in the input, whatever stands there: slots in which one lies are `unknown`. */
  readonly missing?: readonly ByteSpan[] | undefined
  /** The most segments of a direct request (`maxRequestSegments`); above 11 it may take several slots. */
  readonly maxSegments?: number | undefined
  /** What sectors count in; without it 512 bytes. */
  readonly sectorUnit?: SectorUnit | undefined
}

const NO_PAGES: IndirectPages = new Map()

/**
 * Decodes the pages of one ring, laid end to end in ring-ref order. Whatever the bytes are, a ring comes back: what
 * cannot be is in `findings`.
 * @param bytes a whole number of 4096-byte pages
 * @throws RangeError for another number of bytes, TypeError for arguments that are no bytes or no ABI
 */
export function decodeRing(bytes: Uint8Array, abi: Abi, options: DecodeRingOptions = {}): Ring {
  requirePages(bytes, 'decodeRing')
  requireAbi(abi, 'decodeRing')
  const geometry = ringGeometry(abi, bytes.length / XEN_PAGE_SIZE)
  const { nr_ents } = geometry
  const wire = decodeWireRing(bytes, geometry)
  const missing = missingOf(geometry, options.missing)
  const sring = { ...wire.sring }
  for (const name of missing.indices) sring[name] = 0
  const { req_prod, rsp_prod } = sring
  const outstanding = missing.producers ? 0 : distance(rsp_prod, req_prod)
  const indices = missing.producers ? 'unknown' : producersPossible(sring, nr_ents) ? 'possible' : 'impossible'
  const {
    indirectPages: pages = NO_PAGES,
    sectorUnit = DEFAULT_SECTOR_UNIT,
    maxSegments = BLKIF_MAX_SEGMENTS_PER_REQUEST,
  } = options
  const notThere = new Set(slotsNotThere(geometry, missing.spans))
  const blocks = readBlocks({ ...wire, sring }, bytes, geometry, { max: maxSegments, unit: sectorUnit, notThere })
  // Most rings have all their slots, of one request each.
  const [isPartial, hasBlocks] = [notThere.size + blocks.unseen.size > 0, blocks.slots.size > 0]
  const findings: Finding[] = []
  if (indices !== 'unknown') reportHeader({ geometry, sring, indices, outstanding, missing }, bytes, findings)

  const unused = isFirstLap(sring, nr_ents) ? nr_ents - req_prod : 0
  const oldest = advance(req_prod, -nr_ents)
  const shared = new SharedPages(pages, geometry)
  const [view, criteria] = [viewOf(bytes), slotCriteria(KNOWN_RING, abi)]
  const decodeSlot = (index: number, slot: number, isUnused: boolean): Slot => {
    const at = slotOffset(geometry, slot)
    const entry = wire.ring[slot]!
    if (indices === 'unknown') return { state: 'unknown', slot, index: slot, holds: 'unknown' }
    const isResponse = indices === 'possible' && !inWindow(index, rsp_prod, req_prod)
    if (isPartial && (notThere.has(slot) || blocks.unseen.has(slot))) {
      if (isUnused) return { state: 'unknown', slot, index: slot, holds: 'unused' }
      return { state: 'unknown', slot, index, holds: isResponse ? 'response' : 'request' }
    }
    if (isUnused) return { state: 'unused', slot, index: slot }
    const block = hasBlocks ? blocks.slots.get(slot) : undefined
    if (block) return { state: 'continuation', slot, index, ...block }
    if (isResponse) {
      if (readsAsCleared(criteria, view, at, slot)) return { state: 'cleared', slot, index }
      reportResponse(entry.rsp, abi, slot, at, findings)
      const response: Response = { ...entry.rsp, op: opName(entry.rsp.operation) }
      return { state: 'response', slot, index, response, beneath: decodeBeneath(bytes, abi, at), beneathOutstanding: 'no' }
    }
    const request = viewRequest(entry.req, {
      abi,
      slot,
      at,
      pages,
      shared,
      unit: sectorUnit,
      maxSegments,
      continued: hasBlocks ? blocks.ofRequests.get(slot) : undefined,
      findings,
    })
    if (request.op === 'unknown') findings.push(unknownRequest(request, slotReadsAsResponse(bytes, geometry, slot), slot, at))
    return { state: 'request', slot, index, request, answered: 'no', answeredBy: undefined }
  }
  // Index order, oldest first; the unused slots of a first lap come first and have the indices that they will get.
  const byIndex: Slot[] = []
  for (let k = 0; k < nr_ents; k++) {
    const index = advance(oldest, k)
    const slot = slotOf(index, nr_ents)
    byIndex.push(decodeSlot(index, slot, k < unused))
  }
  const unread = shared.finding()
  if (unread) findings.push(unread)
  // With several slots a request, a request and the response of its index need not be neighbours of anything.
  const { evidence, slots } = judge(byIndex, nr_ents, unused > 0 && blocks.slots.size === 0)
  reportSharedGrefs(slots, geometry, findings)
  reportSharedIds(slots, geometry, findings)
  slots.sort((a, b) => a.slot - b.slot)
  findings.sort((a, b) => (a.offset ?? 0) - (b.offset ?? 0))
  return { geometry, sectorUnit, sring, indices, outstanding, evidence, slots, missing, findings }
}

/** Slots that continue others, and of each request over several slots what is in those behind its own. */
function readBlocks(wire: WireRing, bytes: Uint8Array, geometry: RingGeometry, limits: Parameters<typeof continuations>[3]) {
  const slots = new Map<number, Pick<ContinuationSlot, 'holds' | 'of' | 'nr_segments'>>()
  const ofRequests = new Map<number, { readonly slots: number[]; readonly segments: BlkifRequestSegment[] }>()
  const { found, unseen } = continuations(wire, bytes, geometry, limits)
  for (const [slot, { holds, of }] of found) {
    if (holds === 'response' || of === undefined) {
      slots.set(slot, { holds, of, nr_segments: holds === 'response' ? 0 : BLKIF_MAX_SEGMENTS_PER_SEGMENT_BLOCK })
      continue
    }
    const own = ofRequests.get(of) ?? { slots: [], segments: [] }
    ofRequests.set(of, own)
    own.slots.push(slot)
    const nr_segments = segmentsInBlock((wire.ring[of]!.req as BlkifRequest).nr_segments, own.slots.length)
    own.segments.push(...blockSegments(bytes, geometry, slot, nr_segments))
    slots.set(slot, { holds, of, nr_segments })
  }
  return { slots, ofRequests, unseen }
}

/** The slots in the order of their indices, oldest first; slots that were not used yet come before all others. */
export function slotsByIndex({ slots, sring, geometry }: Ring): Slot[] {
  const oldest = slotOf(advance(sring.req_prod, -geometry.nr_ents), geometry.nr_ents)
  return [...slots.filter((s) => s.slot >= oldest), ...slots.filter((s) => s.slot < oldest)]
}

function judge(byIndex: readonly Slot[], nr_ents: number, fromStart: boolean): { evidence: CompletionEvidence; slots: Slot[] } {
  const seen = new SeenSlots()
  for (const s of byIndex) {
    if (s.state === 'request') {
      const indirect_op = s.request.kind === 'indirect' ? s.request.indirect_op : undefined
      const { id, operation, sector_number } = s.request
      seen.requests.push({ id, operation, indirect_op, sector_number })
    } else if (s.state === 'response') {
      const { id, operation } = s.response
      seen.responses.push({ slot: s.slot, id, operation, sector_number: s.beneath.sector_number })
    } else if (s.state === 'cleared') seen.addCleared()
    else if (s.state === 'unknown') seen.addUnknown(s.holds)
  }
  const { evidence, verdicts, beneath } = judgeAnswered(seen, nr_ents, fromStart)
  let request = 0
  let response = 0
  const slots = byIndex.map((s): Slot => {
    if (s.state === 'response') {
      const beneathOutstanding = beneath[response++]!
      return beneathOutstanding === s.beneathOutstanding ? s : { ...s, beneathOutstanding }
    }
    if (s.state !== 'request') return s
    const { answered, by } = verdicts[request++]!
    return answered === s.answered && by === s.answeredBy ? s : { ...s, answered, answeredBy: by }
  })
  return { evidence, slots }
}

type Header = Pick<Ring, 'geometry' | 'sring' | 'indices' | 'outstanding' | 'missing'>

function reportHeader({ geometry, sring, indices, outstanding, missing }: Header, bytes: Uint8Array, findings: Finding[]): void {
  const { abi, nr_ents } = geometry
  const offset = () => fieldOf(layoutOf(sringHeader, abi), 'req_prod').offset
  if (indices === 'impossible')
    findings.push({
      code: 'indices-impossible',
      message: `req_prod ${sring.req_prod} - rsp_prod ${sring.rsp_prod} = ${outstanding} requests outstanding, in a ring of ${nr_ents}; the last ${nr_ents} are shown`,
      offset: offset(),
    })
  else if (missing.spans.length === 0 && sring.req_event === 0 && sring.rsp_event === 0 && bytes.every((b) => b === 0))
    findings.push({
      code: 'ring-all-zero',
      message: 'every byte is 0: not a ring, or not yet initialised (both events start at 1)',
      offset: offset(),
    })
}

function unknownRequest({ operation }: Request, isTorn: boolean, slot: number, at: number): Finding {
  const hint = isTorn ? '; the slot reads as a response, as when a ring was dumped while it moved' : ''
  return { code: 'operation-unknown', message: `operation ${operation} is not in blkif.h${hint}`, slot, offset: at }
}

/** Two requests in flight under one id, neither of which was answered. */
function reportSharedIds(slots: readonly Slot[], geometry: RingGeometry, findings: Finding[]): void {
  const owner = new Map<bigint, number>()
  for (const s of slots) {
    if (s.state !== 'request' || !ownsId(s.answered)) continue
    const { id } = s.request
    if (owner.has(id)) {
      const message = `id ${idText(id)} is also that of slot ${owner.get(id)}, in flight as well`
      findings.push({ code: 'id-shared', message, slot: s.slot, offset: slotOffset(geometry, s.slot) })
    } else owner.set(id, s.slot)
  }
}

/** A grant in two requests in flight: an indirect page that is not its request's own, or one page for two transfers. */
function reportSharedGrefs(slots: readonly Slot[], geometry: RingGeometry, findings: Finding[]): void {
  const owner = new Map<number, number>()
  for (const s of slots) {
    if (s.state !== 'request' || !ownsGrants(s.answered) || !('segments' in s.request)) continue
    let first: { readonly gref: number; readonly by: number } | undefined
    for (const { gref } of s.request.segments ?? []) {
      const by = owner.get(gref)
      if (by === s.slot) continue
      if (by !== undefined) first ??= { gref, by }
      owner.set(gref, s.slot)
    }
    if (first)
      findings.push({
        code: 'gref-shared',
        message: `gref ${first.gref} is also in the request of slot ${first.by}, in flight as well`,
        slot: s.slot,
        offset: slotOffset(geometry, s.slot),
      })
  }
}

function reportResponse(rsp: BlkifResponse, abi: Abi, slot: number, at: number, findings: Finding[]): void {
  if (opName(rsp.operation) !== 'unknown') return
  findings.push({
    code: 'operation-unknown',
    message: `a response with operation ${rsp.operation}, which is not in blkif.h`,
    slot,
    offset: at + fieldOf(layoutOf(blkifResponse, abi), 'operation').offset,
  })
}
