// Figures as JSON: u64 and bytes as decimal strings, counts as numbers.
import { opName } from '../../codec/xen/operations.ts'
import type { JsonOf } from '../../print/shape.ts'
import { unitJson } from '../../rows/ring-json.ts'
import { DIRECTIONS, type Direction, type Report } from '../../stats/index.ts'
import type { STATS } from './shape.ts'

/** Parts of the map of the disk. */
const MAP_COLUMNS = 256
const PLACES = 3

/** @param where the expression that chose the slots */
export function statsJson(report: Report, findings: number, where: string | undefined): JsonOf<typeof STATS> {
  const { depth, unresolved } = report
  const map = report.sectors(MAP_COLUMNS)
  return {
    rings: report.tracks.map((track) => ({
      source: track.source,
      ...(track.queue === undefined ? {} : { queue: track.queue }),
      protocols: [...track.protocols].sort(),
      pages: track.pages,
      nr_ents: track.nr_ents,
      ...unitJson(track.sectorUnit),
      snapshots: track.snapshots,
      impossible: track.impossible,
      requests: track.requests,
      responses: track.responses,
      errors: track.errors,
      inFlight: { mean: rounded(track.inFlight / Math.max(1, track.snapshots - track.impossible)), most: track.most },
    })),
    queues: report.queues.map(({ source, queues, nr_ents, moments, mean, most }) => ({
      ...{ source, queues, nr_ents, moments },
      inFlight: { mean: rounded(mean), most },
    })),
    ...(where === undefined ? {} : { where }),
    snapshots: report.snapshots,
    impossible: report.impossible,
    slots: { ...report.slots },
    requests: report.requests,
    direct: report.direct,
    indirect: report.indirect,
    responses: report.responses,
    errors: report.errors,
    findings,
    operations: report.operations.map(({ bytes, ...rest }) => ({ ...rest, bytes: String(bytes) })),
    bytes: byDirection((direction) => String(report.bytes[direction])),
    unresolved: { requests: unresolved.requests, mostBytes: String(unresolved.mostBytes) },
    sizes: report.sizes.map(({ upTo, ...counts }) => ({ upTo: String(upTo), ...counts })),
    segments: report.segments.map(({ from, direct, indirect }) => ({ nr_segments: from, direct, indirect })),
    statuses: report.statuses.map(({ status, name, responses }) => ({ status, name: name ?? null, responses })),
    steps: { ...report.steps },
    inFlight: {
      rings: depth.rings,
      mean: rounded(depth.mean),
      median: depth.median,
      p95: depth.p95,
      most: depth.most,
      empty: depth.empty,
      full: depth.full,
      snapshotsPerBucket: depth.width,
      buckets: depth.buckets.map((bucket) => (bucket ? { ...bucket, mean: rounded(bucket.mean) } : null)),
    },
    sectors: map
      ? {
          from: String(map.from),
          end: String(map.end),
          isWhole: map.isWhole,
          sectorsPerColumn: String(map.width),
          columns: map.columns.flatMap((column, i) => {
            if (column.every((n) => n === 0)) return []
            const from = String(map.from + map.width * BigInt(i))
            return [{ from, ...byDirection((_, d) => column[d]!) }]
          }),
          beyond: map.beyond,
        }
      : null,
    longest: report.longest.map(({ source, queue, slot, index, id, operation, sector_number, first, last, atEnd }) => ({
      source,
      ...(queue === undefined ? {} : { queue }),
      slot,
      index,
      op: opName(operation),
      operation,
      id: String(id),
      sector_number: String(sector_number),
      first,
      last,
      atEnd,
    })),
  }
}

function byDirection<T>(of: (direction: Direction, i: number) => T): Record<Direction, T> {
  return Object.fromEntries(DIRECTIONS.map((direction, i) => [direction, of(direction, i)])) as Record<Direction, T>
}

function rounded(n: number): number {
  return Number(n.toFixed(PLACES))
}
