// Level io: what the disk is asked to do, whatever the encoding.
import { sameBytes } from '../codec/ring/changed-in-flight.ts'
import { sizeOf } from '../codec/struct/layout.ts'
import { blkifRequestSegment, MAX_INDIRECT_SEGMENTS, segmentsInPage } from '../codec/xen/blkif.ts'
import { coverageOf } from './coverage.ts'
import { type DiskRequest, diskRequests, survivors } from './disk-request.ts'
import { ioDifferences } from './io-differences.ts'
import { idName, piecesOfGroup, type Renamings, ringOf } from './io-group.ts'
import { matchRequests, type RequestGroup } from './match-requests.ts'
import type { Coverage, DiffOptions, Hunk, MatchBy, PlacedSlot, Renames, SideRing, Unknown } from './model.ts'
import { bytesOfSlot } from './named-bytes.ts'
import { Votes } from './renames.ts'
import { cannotTell, lacksSlots, noteUnknownSlots } from './unknown-slots.ts'

export interface IoDiff {
  readonly hunks: readonly Hunk[]
  readonly renames: Renames
  readonly coverage: { readonly a: Coverage; readonly b: Coverage }
}

/** Compares devices: the rings of each side are its queues, and their requests are taken together. */
export function diffIo(
  a: readonly SideRing[],
  b: readonly SideRing[],
  by: MatchBy,
  options: DiffOptions,
  unknown: Unknown[],
): IoDiff {
  const [left, right] = [requestsOf(a, 'a', options, unknown), requestsOf(b, 'b', options, unknown)]
  // Of a side that cannot be known, no request is missing.
  const known = unknown.length === 0
  noteUnknownSlots(a, b, new Set(options.all ? ['request', 'response'] : ['request']), unknown)
  const groups = known ? matchRequests(left, right, by, lacksSlots(a) || lacksSlots(b)) : []
  const renamings = decide(groups)
  const hunks = groups.flatMap((group): Hunk[] => {
    const [alone] = group.b.length === 0 ? group.a : group.a.length === 0 ? group.b : []
    const side = group.b.length === 0 ? 'a' : 'b'
    if (alone && cannotTell(alone.slots[0]!, side, side === 'a' ? b : a, by === 'slot' || by === 'index' ? 'order' : by, unknown))
      return []
    if (!sameSlots(group, a, b)) noteMissingPages(group, a, b, unknown)
    const differences = ioDifferences(group, a, b, renamings, options)
    if (group.a.length > 0 && group.b.length > 0 && differences.length === 0) return []
    const slots = (requests: readonly DiskRequest[]) => requests.flatMap((request) => request.slots)
    return [{ part: 'slots', queue: undefined, a: slots(group.a), b: slots(group.b), differences }]
  })
  const renames = { gref: renamings.gref.pairs, id: renamings.id.pairs }
  return { hunks, renames, coverage: { a: coverageOf(a), b: coverageOf(b) } }
}

function requestsOf(rings: readonly SideRing[], side: 'a' | 'b', { all }: DiffOptions, unknown: Unknown[]): DiskRequest[] {
  return rings.flatMap((ring) => {
    if (ring.ring.indices === 'possible') return [...diskRequests(ring), ...(all ? survivors(ring) : [])]
    unknown.push({ what: 'indices', side, queue: ring.queue })
    return []
  })
}

/** One slot on either side, the same to the last byte, and the page is missing on both. */
function sameSlots(group: RequestGroup, a: readonly SideRing[], b: readonly SideRing[]): boolean {
  const [x, y] = [group.a, group.b].map((requests) => (requests.length === 1 ? requests[0]!.slots : []))
  if (x!.length !== 1 || y!.length !== 1 || group.a[0]!.known || group.b[0]!.known) return false
  const bytes = (rings: readonly SideRing[], placed: PlacedSlot) => bytesOfSlot(ringOf(rings, placed), placed)
  return sameBytes(bytes(a, x![0]!), bytes(b, y![0]!))
}

function noteMissingPages(group: RequestGroup, a: readonly SideRing[], b: readonly SideRing[], unknown: Unknown[]): void {
  if (group.a.length === 0 || group.b.length === 0) return
  for (const side of ['a', 'b'] as const)
    for (const { known, slots } of group[side]) {
      const { slot } = slots[0]!
      if (known || slot.state !== 'request' || slot.request.kind !== 'indirect') continue
      const { indirect_grefs, nr_segments } = slot.request
      const { indirectPages, ring } = ringOf(side === 'a' ? a : b, slots[0]!)
      const stride = sizeOf(blkifRequestSegment, ring.geometry.abi)
      const missing = indirect_grefs.filter((gref, k) => {
        return (indirectPages.get(gref)?.length ?? 0) < segmentsInPage(Math.min(nr_segments, MAX_INDIRECT_SEGMENTS), k) * stride
      })
      for (const gref of missing) unknown.push({ what: 'page', side, slot: slots[0]!, gref })
      if (missing.length === 0) unknown.push({ what: 'repeated', side, slot: slots[0]!, gref: indirect_grefs[0]! })
    }
}

function decide(groups: readonly RequestGroup[]): Renamings {
  const grefs = new Votes<number>()
  const ids = new Votes<string>()
  for (const group of groups) {
    const { a, b } = group
    if (a.length === 0 || b.length === 0) continue
    for (const { a, b } of piecesOfGroup(group) ?? []) if (a && b && a.sect === b.sect) grefs.add(a.gref, b.gref)
    const [id, other] = a.length === 1 && b.length === 1 ? [idName(a[0]!), idName(b[0]!)] : []
    if (id !== undefined && other !== undefined) ids.add(id, other)
  }
  return { gref: grefs.decide(), id: ids.decide(), passedOver: [] }
}
