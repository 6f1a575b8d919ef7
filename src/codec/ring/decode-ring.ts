// The bytes of a ring to the view of it.
import { readsAsCleared, slotCriteria } from '../recognise/slot/reads-as.ts'
import { KNOWN_RING } from '../recognise/slot/strictness.ts'
import { type Abi, requireAbi } from '../struct/abi.ts'
import { memo } from '../struct/memo.ts'
import { viewOf } from '../struct/scalar.ts'
import { walkOf } from '../struct/walk.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST } from '../xen/blkif.ts'
import { opName, requestKind } from '../xen/operations.ts'
import { sringHeader, XEN_PAGE_SIZE } from '../xen/ring.ts'
import { CERTAINTIES, type CompletionEvidence, type CompletionJudge, completionJudge, NO_SLOT } from './answered.ts'
import type { Finding } from './finding.ts'
import { type RingGeometry, ringGeometry, slotOffset } from './geometry.ts'
import type { IndirectPages } from './indirect-pages.ts'
import { type ByteSpan, type Missing, missingOf, slotsNotThere } from './missing.ts'
import { type Blocks, NO_BLOCKS, readBlocks } from './multi-slot.ts'
import { type RequestPlace, viewRequest } from './read-request.ts'
import type { Ring, Slot } from './ring.ts'
import { mayShareGrefs, reportHeader, reportResponse, reportSharedGrefs, reportSharedIds, unknownRequest } from './ring-findings.ts'
import { advance, distance, inWindow, isFirstLap, producersPossible, slotOf } from './ring-idx.ts'
import { requirePages } from './ring-pages.ts'
import { RoundTable } from './round-table.ts'
import { DEFAULT_SECTOR_UNIT, type SectorUnit } from './sector-unit.ts'
import { SharedPages } from './shared-pages.ts'
import { HOLDS_NEITHER, HOLDS_REQUEST, HOLDS_RESPONSE, slotReader, type WireAnswer } from './slot-reader.ts'
import { slotReadsAsResponse } from './torn.ts'
import { decodeWireRing, type SringHeader, type WireRequest } from './wire.ts'

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
  const {
    indirectPages: pages = NO_PAGES,
    sectorUnit: unit = DEFAULT_SECTOR_UNIT,
    maxSegments = BLKIF_MAX_SEGMENTS_PER_REQUEST,
  } = options
  const geometry = ringGeometry(abi, bytes.length / XEN_PAGE_SIZE)
  const missing = missingOf(geometry, options.missing)
  const view = viewOf(bytes)
  const sring = headerOf(view, abi, missing)
  const outstanding = missing.producers ? 0 : distance(sring.rsp_prod, sring.req_prod)
  const indices = missing.producers ? 'unknown' : producersPossible(sring, geometry.nr_ents) ? 'possible' : 'impossible'
  const notThere = new Set(slotsNotThere(geometry, missing.spans))
  const blocks =
    maxSegments > BLKIF_MAX_SEGMENTS_PER_REQUEST
      ? readBlocks({ ...decodeWireRing(bytes, geometry), sring }, bytes, geometry, { max: maxSegments, unit, notThere })
      : NO_BLOCKS
  const seen = look({ bytes, view, geometry, sring, indices, notThere, blocks })
  const findings: Finding[] = []
  if (indices !== 'unknown') reportHeader({ geometry, sring, indices, outstanding, missing }, bytes, findings)
  const shared = new SharedPages(pages, geometry)
  const slots = fill(seen, { abi, bytes, geometry, blocks, pages, shared, unit, maxSegments, findings })
  const unread = shared.finding()
  if (unread) findings.push(unread)
  const byIndex = () => slots.map((_, k) => slots[slotOf(advance(seen.oldest, k), slots.length)]!)
  if (mayShareGrefs(slots, geometry)) reportSharedGrefs(byIndex(), geometry, findings)
  if (seen.hasTwins) reportSharedIds(byIndex(), geometry, findings)
  if (findings.length > 1) findings.sort((a, b) => (a.offset ?? 0) - (b.offset ?? 0))
  return { geometry, sectorUnit: unit, sring, indices, outstanding, evidence: seen.evidence, slots, missing, findings }
}

/** Indices that are not in the input read as 0. */
function headerOf(view: DataView, abi: Abi, missing: Missing): SringHeader {
  const sring = walkOf(sringHeader, abi)(view, 0)
  for (const name of missing.indices) sring[name] = 0
  return sring
}

/** What `look` needs of a ring. */
interface Unread extends Pick<Ring, 'geometry' | 'sring' | 'indices'> {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly notThere: ReadonlySet<number>
  readonly blocks: Blocks
}

/** What the indices and a few words of each slot tell, before any is read. */
interface Seen {
  /** The first index of those that the slots have; the unused slots of a first lap come before all others. */
  readonly oldest: number
  /** By slot; with nothing where a request or a response lies. */
  readonly slots: Slot[]
  readonly judge: CompletionJudge
  readonly evidence: CompletionEvidence
  /** Whether two requests have one id. */
  readonly hasTwins: boolean
}

/** Says what each slot holds, in the columns of the reader and of the judge, and makes those slots that hold nothing to be read. */
function look({ bytes, view, geometry, sring, indices, notThere, blocks }: Unread): Seen {
  const { abi, nr_ents, slotsAt, stride } = geometry
  const { req_prod, rsp_prod } = sring
  const { states } = slotReader(nr_ents, abi)
  const criteria = slotCriteria(KNOWN_RING, abi)
  const { rw, indirect, response, high } = criteria
  const [judge, ids] = [completionJudge(nr_ents), idTable(nr_ents)]
  const seen = judge.next()
  ids.next()
  const unused = isFirstLap(sring, nr_ents) ? nr_ents - req_prod : 0
  const oldest = advance(req_prod, -nr_ents)
  const isPartial = notThere.size + blocks.unseen.size > 0
  const slots: Slot[] = new Array(nr_ents)
  let hasTwins = false
  for (let k = 0; k < nr_ents; k++) {
    const index = advance(oldest, k)
    const slot = slotOf(index, nr_ents)
    const isResponse = indices === 'possible' && !inWindow(index, rsp_prod, req_prod)
    states[slot] = HOLDS_NEITHER
    if (indices === 'unknown') {
      slots[slot] = { state: 'unknown', slot, index: slot, holds: 'unknown' }
      continue
    }
    if (isPartial && (notThere.has(slot) || blocks.unseen.has(slot))) {
      const holds = k < unused ? 'unused' : isResponse ? 'response' : 'request'
      slots[slot] = { state: 'unknown', slot, index: k < unused ? slot : index, holds }
      seen.addUnknown(holds)
      continue
    }
    if (k < unused) {
      slots[slot] = { state: 'unused', slot, index: slot }
      continue
    }
    const block = blocks.slots.get(slot)
    if (block) {
      slots[slot] = { state: 'continuation', slot, index, ...block }
      continue
    }
    const at = slotsAt + slot * stride
    if (isResponse && readsAsCleared(criteria, view, at, slot)) {
      slots[slot] = { state: 'cleared', slot, index }
      seen.addCleared()
      continue
    }
    const id = at + (isResponse ? response.id : rw.id)
    const [low, upper] = [view.getUint32(id, true), view.getUint32(id + high, true)]
    if (isResponse) {
      states[slot] = HOLDS_RESPONSE
      seen.addResponse(slot, bytes[at + response.operation]!)
    } else {
      states[slot] = HOLDS_REQUEST
      const operation = bytes[at + rw.operation]!
      seen.addRequest(requestKind(operation) === 'indirect' ? bytes[at + indirect.indirect_op]! : operation)
      if (ids.add(low, upper, slot) >= 0) hasTwins = true
    }
    const sector = at + rw.sector_number
    seen.identify(low, upper, view.getUint32(sector, true), view.getUint32(sector + high, true))
  }
  // With several slots a request, a request and the response of its index need not be neighbours of anything.
  const evidence = judge.judge(unused > 0 && blocks.slots.size === 0)
  return { oldest, slots, judge, evidence, hasTwins }
}

const idTable = /*#__PURE__*/ memo(new Map(), (nr_ents: number) => new RoundTable(nr_ents))

/** What slots are read with, and where findings go. */
interface Filling extends Required<Omit<RequestPlace, 'slot' | 'at' | 'continued'>> {
  readonly bytes: Uint8Array
  readonly geometry: RingGeometry
  readonly blocks: Blocks
}

type Changing<T> = { -readonly [K in keyof T]: T[K] }

/** Reads the requests and responses. */
function fill({ oldest, slots, judge }: Seen, filling: Filling): Slot[] {
  const { abi, bytes, geometry, blocks, pages, shared, unit, maxSegments, findings } = filling
  const { states, read } = slotReader(geometry.nr_ents, abi)
  const wire = read(bytes)
  const place: Changing<RequestPlace> = { abi, slot: 0, at: 0, pages, shared, unit, maxSegments, continued: undefined, findings }
  let judged = 0
  for (let k = 0; k < slots.length; k++) {
    const index = advance(oldest, k)
    const slot = slotOf(index, slots.length)
    if (states[slot] === HOLDS_NEITHER) continue
    const at = slotOffset(geometry, slot)
    const verdict = CERTAINTIES[judge.certainty[judged]!]!
    const by = judge.answeredBy[judged++]!
    if (states[slot] === HOLDS_RESPONSE) {
      const { response, beneath } = wire[slot] as WireAnswer
      reportResponse(response, abi, slot, at, findings)
      const { id, operation, status } = response
      const answer = { id, operation, status, op: opName(operation) }
      slots[slot] = { state: 'response', slot, index, response: answer, beneath, beneathOutstanding: verdict }
      continue
    }
    place.slot = slot
    place.at = at
    place.continued = blocks.ofRequests.get(slot)
    const request = viewRequest(wire[slot] as WireRequest, place)
    if (request.op === 'unknown') findings.push(unknownRequest(request, slotReadsAsResponse(bytes, geometry, slot), slot, at))
    slots[slot] = { state: 'request', slot, index, request, answered: verdict, answeredBy: by === NO_SLOT ? undefined : by }
  }
  return slots
}
