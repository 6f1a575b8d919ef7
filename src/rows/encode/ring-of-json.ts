// The JSON of `decode --json` made bytes again. Numbers of the wire count; words and sums that are made of them (op, state, index,
// outstanding, answered, nr_sectors of segments) are not read where the number itself is there.
import type { Capture } from '../../capture/capture.ts'
import { beneathFields } from '../../codec/ring/beneath.ts'
import { MAX_RING_PAGES, type RingGeometry, ringGeometry, slotOffset } from '../../codec/ring/geometry.ts'
import { INDEX_NAMES } from '../../codec/ring/missing.ts'
import { placeOfSegment } from '../../codec/ring/multi-slot.ts'
import type { Struct } from '../../codec/struct/c-types.ts'
import { type FieldLayout, fieldOf, layoutOf, sizeOf, valueFields } from '../../codec/struct/layout.ts'
import {
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  blkifIndirectPage,
  blkifRequest,
  blkifRequestDiscard,
  blkifRequestIndirect,
  blkifResponse,
  SEGS_PER_INDIRECT_PAGE,
} from '../../codec/xen/blkif.ts'
import { operationCode, opName } from '../../codec/xen/operations.ts'
import { abiOfProtocol, PROTOCOL_STRINGS } from '../../codec/xen/protocols.ts'
import { sringHeader, XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import { SLOT_FIELDS } from '../fields.ts'
import { Canvas, EncodeError, objectOf, refuseOthers, shown } from './canvas.ts'

type Members = Readonly<Record<string, unknown>>

/** What lies under the values: a ring as it was captured. */
export type RingUnder = Pick<Capture, 'bytes' | 'indirectPages'>

/** A ring that JSON was made into. */
export interface EncodedRing {
  /** The pages of the ring, end to end. */
  readonly bytes: Uint8Array
  /** The pages that its indirect requests name, by reference. */
  readonly indirectPages: ReadonlyMap<number, Uint8Array>
  /** The queue that the JSON names. */
  readonly queue: number | undefined
  readonly protocol: string
  /** Slots whose `op` is not the word of their `operation`, which counts. */
  readonly contradicted: readonly number[]
}

/** Where values are laid, and what was found on the way. */
interface Work {
  readonly geometry: RingGeometry
  readonly ring: Canvas
  readonly under: RingUnder | undefined
  readonly pages: Map<number, Canvas>
  readonly contradicted: number[]
  /** Slots that the JSON has named. */
  readonly seen: Set<number>
}

const membersOf = (part: string) => [...new Set(SLOT_FIELDS.filter((f) => f.part === part).map(({ name }) => name))]
const KEYS = /*#__PURE__*/ Object.fromEntries(['slot', 'request', 'response', 'beneath'].map((part) => [part, membersOf(part)]))
const PARTS = ['request', 'response', 'beneath']

/**
 * One ring of `decode --json` as bytes. What the JSON does not have stays as it is in the ring beneath, or is 0.
 * @param json one ring's object
 * @param under a ring of as many pages; without it every byte that no key names is 0
 * @throws EncodeError with the slot and the key, and what to do
 */
export function ringOfJson(json: unknown, under?: RingUnder): EncodedRing {
  const members = objectOf(json, 'the ring')
  const geometry = geometryOf(members)
  if (under && under.bytes.length !== geometry.bytes)
    throw new EncodeError('pages', `${geometry.pages}, and the ring beneath has ${under.bytes.length / XEN_PAGE_SIZE}`)
  const { queue, slots } = members
  if (queue !== undefined && !(Number.isSafeInteger(queue) && (queue as number) >= 0))
    throw new EncodeError('queue', `${shown(queue)} is no number of a queue`)
  if (!Array.isArray(slots)) throw new EncodeError('slots', `${shown(slots)} is no array`)
  const work: Work = {
    geometry,
    ring: new Canvas(geometry.bytes, under?.bytes),
    under,
    pages: new Map(),
    contradicted: [],
    seen: new Set(),
  }
  putHeader(members, work)
  for (const [i, slot] of slots.entries()) putSlot(objectOf(slot, `slots[${i}]`), i, work)
  const indirectPages = new Map([...work.pages].map(([gref, { bytes }]) => [gref, bytes]))
  const { protocol } = members
  return {
    bytes: work.ring.bytes,
    indirectPages,
    queue: queue as number | undefined,
    protocol: protocol as string,
    contradicted: work.contradicted,
  }
}

function geometryOf({ protocol, pages, nr_ents }: Members): RingGeometry {
  const abi = typeof protocol === 'string' ? abiOfProtocol(protocol) : undefined
  if (!abi) throw new EncodeError('protocol', `${shown(protocol)} is none of ${PROTOCOL_STRINGS.join(', ')}`)
  if (!Number.isInteger(pages) || (pages as number) < 1 || (pages as number) > MAX_RING_PAGES)
    throw new EncodeError('pages', `${shown(pages)} is no number of pages`, `write 1 to ${MAX_RING_PAGES}`)
  const geometry = ringGeometry(abi, pages as number)
  if (nr_ents !== undefined && nr_ents !== geometry.nr_ents)
    throw new EncodeError(
      'nr_ents',
      `${shown(nr_ents)}; ${pages} pages have ${geometry.nr_ents} slots`,
      'change pages, or delete it',
    )
  return geometry
}

function putHeader(members: Members, { geometry: { abi }, ring, under }: Work): void {
  const header = layoutOf(sringHeader, abi)
  for (const name of INDEX_NAMES) {
    const value = members[name]
    if ((value === undefined || value === null) && under) continue
    if (value === null)
      throw new EncodeError(name, 'it was not in the input that was decoded', 'write a number, or use --over RING')
    const { type, offset } = fieldOf(header, name)
    ring.put(type, abi, value, offset, name)
  }
}

function putSlot(slot: Members, i: number, work: Work): void {
  const { geometry, under } = work
  const { slot: number, state, request, response, beneath } = slot
  if (!Number.isInteger(number) || (number as number) < 0 || (number as number) >= geometry.nr_ents)
    throw new EncodeError(`slots[${i}].slot`, `${shown(number)} is no slot`, `the ring has 0 to ${geometry.nr_ents - 1}`)
  const name = `slot ${number}`
  if (work.seen.has(number as number))
    throw new EncodeError(`slots[${i}].slot`, `slot ${number} is there already`, 'delete one of the two')
  work.seen.add(number as number)
  refuseOthers(slot, [...KEYS['slot']!, ...PARTS], `slots[${i}]`)
  if (state === 'unknown' && !under)
    throw new EncodeError(
      `${name}: state`,
      'unknown: its bytes were not in the input',
      'use --over RING, or delete the slot to have 0',
    )
  const at = slotOffset(geometry, number as number)
  if (request !== undefined) putRequest(objectOf(request, `${name}: request`), { number: number as number, at, name }, work)
  if (response !== undefined) {
    const members = withOperation(objectOf(response, `${name}: response`), `${name}: response`, number as number, work)
    refuseOthers(members, KEYS['response']!, `${name}: response`)
    putFields(members, valueFields(blkifResponse, geometry.abi), at, `${name}: response`, work)
  }
  if (beneath !== undefined) {
    const members = objectOf(beneath, `${name}: beneath`)
    refuseOthers(members, KEYS['beneath']!, `${name}: beneath`)
    putFields(members, beneathFields(geometry.abi), at, `${name}: beneath`, work)
  }
}

function putFields(members: Members, fields: readonly FieldLayout[], at: number, key: string, { geometry, ring }: Work): void {
  for (const { name, type, offset } of fields)
    if (members[name] !== undefined) ring.put(type, geometry.abi, members[name], at + offset, `${key}.${name}`)
}

/** The keys tell the struct, not the operation: an operation that is changed alone changes that byte alone. */
function structOf(members: Members): Struct {
  if ('indirect_grefs' in members || 'indirect_op' in members) return blkifRequestIndirect
  return 'flag' in members ? blkifRequestDiscard : blkifRequest
}

interface Place {
  readonly number: number
  readonly at: number
  /** The slot in messages. */
  readonly name: string
}

function putRequest(given: Members, { number, at, name }: Place, work: Work): void {
  const key = `${name}: request`
  const { geometry, ring } = work
  const members = withOperation(given, key, number, work)
  refuseOthers(members, KEYS['request']!, key)
  const struct = structOf(members)
  const { segments, raw, continuedIn } = members
  putFields(members, valueFields(struct, geometry.abi), at, key, work)
  if (raw !== undefined) ring.putBytes(bytesOfHex(raw, geometry.stride, `${key}.raw`), at, `${key}.raw`)
  if (segments === undefined || segments === null) {
    if (struct === blkifRequestIndirect) keepPages(members, work)
    return
  }
  if (!Array.isArray(segments)) throw new EncodeError(`${key}.segments`, `${shown(segments)} is no array`)
  if (struct === blkifRequestIndirect) putInPages(members, segments, key, work)
  else putInSlots(segments, continuedIn, { at, key }, work)
}

function putInSlots(
  segments: readonly unknown[],
  continuedIn: unknown,
  { at, key }: { at: number; key: string },
  work: Work,
): void {
  const { geometry, ring } = work
  const { type, offset } = fieldOf(layoutOf(blkifRequest, geometry.abi), 'seg')
  const element = (type as typeof blkifRequest.fields.seg).element
  const stride = sizeOf(element, geometry.abi)
  const behind: readonly unknown[] = Array.isArray(continuedIn) ? continuedIn : []
  for (const [i, segment] of segments.entries()) {
    const { block, place } = placeOfSegment(i)
    const slot = behind[block - 1]
    if (block > 0 && !(Number.isInteger(slot) && (slot as number) >= 0 && (slot as number) < geometry.nr_ents))
      throw new EncodeError(
        `${key}.segments`,
        `${segments.length} segments; a slot holds ${BLKIF_MAX_SEGMENTS_PER_REQUEST}`,
        'take some out, or name the slots of the others in continuedIn',
      )
    const from = block === 0 ? at + offset : slotOffset(geometry, slot as number)
    ring.put(element, geometry.abi, segment, from + place * stride, `${key}.segments[${i}]`)
  }
}

function putInPages({ indirect_grefs }: Members, segments: readonly unknown[], key: string, work: Work): void {
  const grefs: readonly unknown[] = Array.isArray(indirect_grefs) ? indirect_grefs : []
  if (segments.length > grefs.length * SEGS_PER_INDIRECT_PAGE)
    throw new EncodeError(
      `${key}.segments`,
      `${segments.length} segments in ${grefs.length} indirect pages, which hold ${grefs.length * SEGS_PER_INDIRECT_PAGE}`,
      'name more pages in indirect_grefs, or take some out',
    )
  const { type, offset } = fieldOf(layoutOf(blkifIndirectPage, work.geometry.abi), 'seg')
  for (const [k, gref] of grefs.entries()) {
    const inPage = segments.slice(k * SEGS_PER_INDIRECT_PAGE, (k + 1) * SEGS_PER_INDIRECT_PAGE)
    const from = k === 0 ? '' : ` from ${k * SEGS_PER_INDIRECT_PAGE} on`
    pageOf(gref as number, work).put(type, work.geometry.abi, inPage, offset, `${key}.segments${from}`)
  }
}

/** The bytes that a page beneath does not have are 0: a value may come to stand there. */
function pageOf(gref: number, { pages, under }: Work): Canvas {
  const beneath = under?.indirectPages.get(gref)
  const page = pages.get(gref) ?? new Canvas(Math.max(XEN_PAGE_SIZE, beneath?.length ?? 0), beneath)
  pages.set(gref, page)
  return page
}

/** Pages that were there and could not be read in full stay beside the ring. */
function keepPages({ indirect_grefs }: Members, work: Work): void {
  if (!Array.isArray(indirect_grefs)) return
  for (const gref of indirect_grefs) if (work.under?.indirectPages.get(gref as number)) pageOf(gref as number, work)
}

/** With the number of the operation, where only its word is there. */
function withOperation(members: Members, key: string, slot: number, { contradicted }: Work): Members {
  const { op, operation } = members
  if (op === undefined) return members
  if (operation === undefined) {
    const code = typeof op === 'string' ? operationCode(op) : undefined
    if (code === undefined) throw new EncodeError(`${key}.op`, `${shown(op)} is no operation`, 'write its number as operation')
    return { ...members, operation: code }
  }
  if (typeof operation === 'number' && opName(operation) !== op) contradicted.push(slot)
  return members
}

function bytesOfHex(text: unknown, length: number, key: string): Uint8Array {
  if (typeof text !== 'string' || text.length !== 2 * length || !/^[\da-f]*$/i.test(text))
    throw new EncodeError(key, `no ${length} bytes in hexadecimal`, `write ${2 * length} digits`)
  return Uint8Array.from({ length }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16))
}
