// Requests in flight that get in each other's way, within a queue and between the queues of a device.

import { operationOf, segmentsOf } from '../../codec/ring/request.ts'
import type { RequestSlot } from '../../codec/ring/ring.ts'
import { bytesOfSectors } from '../../codec/ring/sector-unit.ts'
import { BLKIF_OP_DISCARD, BLKIF_OP_WRITE, BLKIF_OP_WRITE_BARRIER } from '../../codec/xen/blkif.ts'
import type { Found, FoundInQueue, Rule } from '../rule.ts'
import { atField, type RingSubject, sectorsOf } from '../subject.ts'

/** What a request changes on the disk, in bytes: queues may count in sectors of different size. */
interface Extent {
  readonly subject: RingSubject
  readonly slot: RequestSlot
  readonly from: bigint
  /** The sector behind the last. */
  readonly to: bigint
}

const CHANGES: ReadonlySet<number> = new Set([BLKIF_OP_WRITE, BLKIF_OP_WRITE_BARRIER, BLKIF_OP_DISCARD])

function extentsOf(subject: RingSubject): Extent[] {
  return subject.inFlight.flatMap((slot) => {
    const sectors = sectorsOf(slot.request)
    if (!CHANGES.has(operationOf(slot.request)) || sectors === undefined || sectors === 0n) return []
    const { sectorUnit } = subject.ring
    const from = slot.request.sector_number
    return [{ subject, slot, from: bytesOfSectors(from, sectorUnit), to: bytesOfSectors(from + sectors, sectorUnit) }]
  })
}

/** Each extent that begins within an earlier one of those that `pairs` takes; one finding for each. */
function overlaps(extents: readonly Extent[], pairs: (a: Extent, b: Extent) => boolean): FoundInQueue[] {
  const sorted = [...extents].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
  // Of each queue the extent that reaches farthest: whatever begins before its end overlaps it.
  const farthest = new Map<RingSubject, Extent>()
  return sorted.flatMap((extent) => {
    const other = [...farthest.values()].find((e) => extent.from < e.to && pairs(e, extent))
    const own = farthest.get(extent.subject)
    if (!own || extent.to > own.to) farthest.set(extent.subject, extent)
    if (!other) return []
    const queue = other.subject === extent.subject ? '' : ` of queue ${other.subject.decoded.capture.queue}`
    const unit = bytesOfSectors(1, extent.subject.ring.sectorUnit)
    const first = extent.from / unit
    const last = ((extent.to < other.to ? extent.to : other.to) - 1n) / unit
    const sectors = last === first ? `sector ${first} is` : `sectors ${first} to ${last} are`
    const message = `${sectors} also changed by slot ${other.slot.slot}${queue}, in flight as well`
    return [{ message, subject: extent.subject, ...atField(extent.subject, extent.slot, 'sector_number') }]
  })
}

function writesOverlap(subject: RingSubject): Found[] {
  const extents = extentsOf(subject)
  if (extents.length < 2) return []
  return overlaps(extents, () => true).map(({ subject: _, ...found }) => found)
}

function queueGrefs(subjects: readonly RingSubject[]): FoundInQueue[] {
  const owner = new Map<number, RingSubject>()
  return subjects.flatMap((subject) => {
    const found = subject.inFlight.flatMap((slot) => {
      const indirect = slot.request.kind === 'indirect' ? slot.request.indirect_grefs : []
      const grefs = [...indirect, ...segmentsOf(slot.request).map(({ gref }) => gref)]
      const shared = grefs.find((gref) => (owner.get(gref) ?? subject) !== subject)
      for (const gref of grefs) if (!owner.has(gref)) owner.set(gref, subject)
      if (shared === undefined) return []
      const message = `gref ${shared} is also in flight in queue ${owner.get(shared)!.decoded.capture.queue}`
      return [{ message, subject, ...atField(subject, slot, 'id') }]
    })
    return found
  })
}

export const IN_FLIGHT_RULES: readonly Rule[] = [
  {
    id: 'writes-overlap',
    severity: 'warning',
    summary: 'Two requests in flight change the same sectors.',
    source: 'xen/include/public/io/blkif.h, BLKIF_OP_WRITE_BARRIER: only a barrier orders requests',
    explain: {
      means: 'Writes or discards overlap, and a backend may do requests in any order.',
      why: 'Which of them stays on the disk is left to chance. File systems never do this; programs on a raw disk may.',
      todo: 'Find out who writes. On a disk with a file system it hints at corrupted requests or two users of one disk.',
    },
    ring: writesOverlap,
    queues: (subjects) => overlaps(subjects.flatMap(extentsOf), (a, b) => a.subject !== b.subject),
  },
  {
    id: 'queue-gref-shared',
    severity: 'warning',
    summary: 'Requests in flight in two queues of the device transfer through the same granted page.',
    source: "xen/include/public/io/blkif.h, multi-queue-num-queues: ids are each queue's own, grant references are the guest's",
    explain: {
      means: 'A grant reference is in use in both queues.',
      why: 'Where one of the requests is a read, the other sends or receives data that is not its own.',
      todo: 'Look at how the frontend shares its pool of grants between queues.',
    },
    queues: queueGrefs,
  },
]
