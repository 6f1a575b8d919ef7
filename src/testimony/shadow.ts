// Entries of Linux blkfront's shadow, `struct blk_shadow`: which of them wait for an answer, and what they asked for.
import type { ShadowEntry } from '../capture/testimony.ts'
import { type RequestPlace, viewRequest } from '../codec/ring/read-request.ts'
import type { Request } from '../codec/ring/request.ts'
import { DEFAULT_SECTOR_UNIT } from '../codec/ring/sector-unit.ts'
import type { WireRequest } from '../codec/ring/wire.ts'
import { x86_64 } from '../codec/struct/abi.ts'
import { BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST, BLKIF_MAX_SEGMENTS_PER_REQUEST } from '../codec/xen/blkif.ts'
import { requestKind } from '../codec/xen/operations.ts'
import { type CValue, elementsOf, integerOf, memberAt } from '../structtext/index.ts'
import { MAX_SHADOW } from './records.ts'

/** What blkfront sets once it has taken an answer, and the request goes on in another slot. */
const ANSWERED = /^REQ_(?:DONE|ERROR|EOPNOTSUPP)$/
/** Numbers of `enum blk_req_status` from here on are of answers: gdb's /x prints numbers. */
const REQ_DONE = 2n

/**
 * An entry of a shadow.
 * @param place its index, where the text tells it
 * @returns undefined where the value is none, or is one of which neither id nor index is known
 */
export function shadowEntryOf(value: CValue, place: number | undefined): ShadowEntry | undefined {
  const pointer = memberAt(value, 'request')
  const req = memberAt(value, 'req')
  const own = req ? idOf(value, Number(integerOf(memberAt(req, 'operation')) ?? -1n)) : undefined
  const id = own !== undefined && own < BigInt(MAX_SHADOW) ? Number(own) : undefined
  // A free entry's id is the next one of the free list; that of one in use is its own index.
  const inUse =
    pointer === undefined
      ? place !== undefined && id !== undefined && id === place
      : pointer.kind === 'braces' || integerOf(pointer) !== 0n
  if (pointer === undefined && (place === undefined || own === undefined)) return undefined
  const index = inUse ? (id ?? place) : place
  if (index === undefined || index >= MAX_SHADOW) return undefined
  const status = memberAt(value, 'status')
  return {
    id: index,
    inUse,
    isAnswered: status?.kind === 'word' ? ANSWERED.test(status.text) : (integerOf(status) ?? 0n) >= REQ_DONE,
    request: inUse && req ? requestOf(req) : undefined,
  }
}

/** Whether a value has the members of a shadow's entry. */
export function isShadowEntry(value: CValue): boolean {
  if (value.kind !== 'braces') return false
  const names = new Set(value.items.map(({ name }) => name?.split('.')[0]))
  const isCopy = names.has('req') && !names.has('rsp') && memberAt(value, 'req', 'u') !== undefined
  return isCopy || (names.has('request') && (names.has('status') || names.has('grants_used') || names.has('associated_id')))
}

/** The id by the arm of the union that counts. */
function idOf(value: CValue, operation: number): bigint | undefined {
  const kind = operation < 0 ? 'rw' : requestKind(operation)
  return integerOf(memberAt(value, 'req', 'u', kind, 'id')) ?? integerOf(memberAt(value, 'req', 'u', 'rw', 'id'))
}

/** `struct blkif_request`, read by the arm of its union that its operation names; undefined where members are missing. */
export function requestOf(req: CValue): Request | undefined {
  const operation = integerOf(memberAt(req, 'operation'))
  if (operation === undefined || operation < 0n || operation > 255n) return undefined
  const kind = requestKind(Number(operation))
  const arm = memberAt(req, 'u', kind) ?? memberAt(req, 'u', 'rw')
  const number = (name: string) => integerOf(memberAt(arm, name))
  const [id, sector_number] = [number('id'), number('sector_number')]
  if (id === undefined || !isPrinted(arm, MEMBERS[kind] ?? [])) return undefined
  const wire = {
    operation: Number(operation),
    id: BigInt.asUintN(64, id),
    sector_number: BigInt.asUintN(64, sector_number ?? 0n),
    handle: Number(number('handle') ?? number('_pad1') ?? 0n),
    nr_segments: Number(number('nr_segments') ?? 0n),
    indirect_op: Number(number('indirect_op') ?? 0n),
    flag: Number(number('flag') ?? 0n),
    nr_sectors: number('nr_sectors') ?? 0n,
    seg: padded(
      elementsOf(memberAt(arm, 'seg'), BLKIF_MAX_SEGMENTS_PER_REQUEST).map(segmentOf),
      BLKIF_MAX_SEGMENTS_PER_REQUEST,
      NO_SEGMENT,
    ),
    indirect_grefs: padded(
      elementsOf(memberAt(arm, 'indirect_grefs'), BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST).map((gref) =>
        Number(integerOf(gref) ?? 0n),
      ),
      BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST,
      0,
    ),
    raw: new Uint8Array(),
  }
  return viewRequest(wire as unknown as WireRequest, NOWHERE())
}

/** Of each arm, what its request cannot be told without. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  rw: ['nr_segments', 'sector_number', 'seg'],
  indirect: ['nr_segments', 'sector_number', 'indirect_grefs'],
  discard: ['nr_sectors', 'sector_number'],
}

function isPrinted(arm: CValue | undefined, members: readonly string[]): boolean {
  return members.every((name) => {
    const value = memberAt(arm, name)
    return value !== undefined && !(value.kind === 'braces' && value.isCut)
  })
}

const NO_SEGMENT = { gref: 0, first_sect: 0, last_sect: 0 }

function segmentOf(value: CValue) {
  const number = (name: string) => Number(integerOf(memberAt(value, name)) ?? 0n)
  return { gref: number('gref'), first_sect: number('first_sect'), last_sect: number('last_sect') }
}

/** drgn leaves zeros at the end of an array out. */
function padded<T>(values: readonly T[], length: number, zero: T): T[] {
  return Array.from({ length }, (_, i) => values[i] ?? zero)
}

/** A shadow is no ring: what is wrong with a request in it has no slot, and is not told. */
function NOWHERE(): RequestPlace {
  return { abi: x86_64, slot: 0, at: 0, pages: new Map(), unit: DEFAULT_SECTOR_UNIT }
}
