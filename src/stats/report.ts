// The figures of a `Statistics`, ready to be shown.
import { SECTOR_SIZE } from '../codec/xen/blkif.ts'
import { type OpName, statusName } from '../codec/xen/operations.ts'
import type { DepthReport } from './depth.ts'
import type { Flight } from './longest.ts'
import type { QueuesReport } from './queue-sums.ts'
import { DIRECTIONS, type Direction, OPS } from './request-classes.ts'
import type { RingTrack, Steps } from './ring-track.ts'
import type { SectorColumns } from './sector-map.ts'
import type { Statistics } from './statistics.ts'

const SECTOR_BYTES = BigInt(SECTOR_SIZE)
const STATUS_BITS = 16

/** Requests and responses of one operation. */
export interface OperationReport {
  /** The operation; of an indirect request the one inside, `indirect` where that is neither read nor write. */
  readonly op: OpName
  /** Requests, each counted once. */
  readonly direct: number
  readonly indirect: number
  /** What they ask for. */
  readonly bytes: bigint
  /** Responses that carry the operation, each counted once, and those with another status than OKAY. */
  readonly responses: number
  readonly errors: number
}

/** Requests of more than half of `upTo` bytes and up to it; upTo 0 has those of no sector. */
export interface SizeReport extends Readonly<Record<Direction, number>> {
  readonly upTo: bigint
}

/** Requests whose nr_segments lies in [from, to]. */
export interface SegmentsReport {
  readonly from: number
  readonly to: number
  readonly direct: number
  readonly indirect: number
}

/** Responses of one status. */
export interface StatusReport {
  readonly status: number
  /** The name that blkif.h has for it, or undefined. */
  readonly name: string | undefined
  readonly responses: number
}

/** Rings in sum. Each request and each response counts once, however many snapshots show it. */
export interface Report {
  readonly snapshots: number
  /** Snapshots whose indices cannot be; their slots count as requests. */
  readonly impossible: number
  readonly tracks: readonly RingTrack[]
  readonly steps: Steps
  /** Slots of all snapshots that are not unused. */
  readonly slots: Statistics['slots']
  readonly requests: number
  readonly responses: number
  readonly errors: number
  /** All operations in a fixed order. */
  readonly operations: readonly OperationReport[]
  readonly bytes: Readonly<Record<Direction, bigint>>
  /** Indirect requests of unknown size, since a page is not at hand, and the most bytes that they can ask for. */
  readonly unresolved: { readonly requests: number; readonly mostBytes: bigint }
  readonly direct: number
  readonly indirect: number
  /** The classes of size, from the first that has any request to the last. */
  readonly sizes: readonly SizeReport[]
  /** One for every number that occurs. */
  readonly segments: readonly SegmentsReport[]
  /** The statuses by their number of responses, the most first. */
  readonly statuses: readonly StatusReport[]
  readonly depth: DepthReport
  /** Of each device with several queues, what these have in flight together. */
  readonly queues: readonly QueuesReport[]
  readonly sectors: (columns: number) => SectorColumns | undefined
  readonly longest: readonly Flight[]
}

/** @param diskSectors where the disk ends, if that is known */
export function reportOf(stats: Statistics, diskSectors?: bigint): Report {
  const { tracks, requests, responses, errors } = stats
  const bytes = requests.bytes()
  const operations = OPS.map((op, i) => ({
    op,
    direct: requests.direct[i]!,
    indirect: requests.indirect[i]!,
    bytes: bytes[i]!,
    responses: responses[i]!,
    errors: errors[i]!,
  }))
  const sum = (of: (track: RingTrack) => number) => tracks.reduce((total, track) => total + of(track), 0)
  const bytesOf = (...ops: readonly OpName[]) =>
    operations.reduce((total, operation) => total + (ops.includes(operation.op) ? operation.bytes : 0n), 0n)
  return {
    snapshots: sum((track) => track.snapshots),
    impossible: sum((track) => track.impossible),
    tracks,
    steps: {
      followed: sum(({ steps }) => steps.followed),
      published: sum(({ steps }) => steps.published),
      answered: sum(({ steps }) => steps.answered),
      leapt: sum(({ steps }) => steps.leapt),
      back: sum(({ steps }) => steps.back),
    },
    slots: stats.slots,
    requests: sum((track) => track.requests),
    responses: sum((track) => track.responses),
    errors: sum((track) => track.errors),
    operations,
    bytes: { read: bytesOf('read'), write: bytesOf('write', 'barrier', 'flush'), discard: bytesOf('discard') },
    unresolved: { requests: requests.unresolved, mostBytes: BigInt(requests.unresolvedSectors) * SECTOR_BYTES },
    direct: total(requests.direct),
    indirect: total(requests.indirect),
    sizes: sizesOf(stats),
    segments: segmentsOf(stats),
    statuses: statusesOf(stats),
    depth: stats.depth.report(),
    queues: stats.queues.report(),
    sectors: (columns) => stats.sectors.columns(columns, diskSectors),
    longest: stats.longest.flights,
  }
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, n) => sum + n, 0)
}

function sizesOf({ requests: { sizes } }: Statistics): SizeReport[] {
  const all = Array.from(sizes[0]!, (_, place): SizeReport => {
    const [read, write, discard] = DIRECTIONS.map((_, d) => sizes[d]![place]!)
    return { upTo: place === 0 ? 0n : SECTOR_BYTES << BigInt(place - 1), read: read!, write: write!, discard: discard! }
  })
  const isUsed = (size: SizeReport) => DIRECTIONS.some((direction) => size[direction] > 0)
  return all.slice(Math.max(0, all.findIndex(isUsed)), all.findLastIndex(isUsed) + 1)
}

function segmentsOf({ requests: { directSegments, indirectSegments } }: Statistics): SegmentsReport[] {
  const list: SegmentsReport[] = []
  for (const [n, direct] of directSegments.entries()) {
    const indirect = indirectSegments[n]!
    if (direct + indirect > 0) list.push({ from: n, to: n, direct, indirect })
  }
  return list
}

function statusesOf({ statuses }: Statistics): StatusReport[] {
  const list: StatusReport[] = []
  for (const [unsigned, responses] of statuses.entries()) {
    if (responses === 0) continue
    const status = unsigned < 2 ** (STATUS_BITS - 1) ? unsigned : unsigned - 2 ** STATUS_BITS
    list.push({ status, name: statusName(status), responses })
  }
  return list.sort((a, b) => b.responses - a.responses || b.status - a.status)
}
