// The bytes of a ring to the view of it.
import { readsAsCleared, slotCriteria } from '../recognise/slot/reads-as.ts'
import { KNOWN_RING } from '../recognise/slot/strictness.ts'
import { type Abi, requireAbi } from '../struct/abi.ts'
import { viewOf } from '../struct/scalar.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST } from '../xen/blkif.ts'
import { opName } from '../xen/operations.ts'
import { XEN_PAGE_SIZE } from '../xen/ring.ts'
import { CERTAINTIES, type CompletionEvidence, completionJudge, NO_SLOT } from './answered.ts'
import { decodeBeneath } from './beneath.ts'
import type { Finding } from './finding.ts'
import { ringGeometry, slotOffset } from './geometry.ts'
import type { IndirectPages } from './indirect-pages.ts'
import { type ByteSpan, missingOf, slotsNotThere } from './missing.ts'
import { readBlocks } from './multi-slot.ts'
import { viewRequest } from './read-request.ts'
import type { Response, Ring, Slot } from './ring.ts'
import { reportHeader, reportResponse, reportSharedGrefs, reportSharedIds, unknownRequest } from './ring-findings.ts'
import { advance, distance, inWindow, isFirstLap, producersPossible, slotOf } from './ring-idx.ts'
import { requirePages } from './ring-pages.ts'
import { DEFAULT_SECTOR_UNIT, type SectorUnit } from './sector-unit.ts'
import type { SeenSlots } from './seen.ts'
import { SharedPages } from './shared-pages.ts'
import { slotReadsAsResponse } from './torn.ts'
import { decodeWireRing } from './wire.ts'

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

function judge(byIndex: readonly Slot[], nr_ents: number, fromStart: boolean): { evidence: CompletionEvidence; slots: Slot[] } {
  const completion = completionJudge(nr_ents)
  const seen = completion.next()
  for (const s of byIndex) {
    if (s.state === 'request') {
      const { request } = s
      seen.addRequest(request.kind === 'indirect' ? request.indirect_op : request.operation)
      identify(seen, request.id, request.sector_number)
    } else if (s.state === 'response') {
      seen.addResponse(s.slot, s.response.operation)
      identify(seen, s.response.id, s.beneath.sector_number)
    } else if (s.state === 'cleared') seen.addCleared()
    else if (s.state === 'unknown') seen.addUnknown(s.holds)
  }
  const evidence = completion.judge(fromStart)
  const { certainty, answeredBy } = completion
  let place = 0
  const slots = byIndex.map((s): Slot => {
    if (s.state !== 'request' && s.state !== 'response') return s
    const verdict = CERTAINTIES[certainty[place]!]!
    const by = answeredBy[place++]!
    if (s.state === 'response') return verdict === s.beneathOutstanding ? s : { ...s, beneathOutstanding: verdict }
    return verdict === s.answered && by === NO_SLOT ? s : { ...s, answered: verdict, answeredBy: by === NO_SLOT ? undefined : by }
  })
  return { evidence, slots }
}

function identify(seen: SeenSlots, id: bigint, sector: bigint): void {
  seen.identify(lowOf(id), highOf(id), lowOf(sector), highOf(sector))
}

const lowOf = (value: bigint) => Number(BigInt.asUintN(32, value))
const highOf = (value: bigint) => Number(value >> 32n)
