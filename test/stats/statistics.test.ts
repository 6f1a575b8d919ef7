// What is counted of columns is what can be counted of objects: over every capture, and over rings of chance.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Batch } from '../../src/codec/batch/batch.ts'
import { batchJudge } from '../../src/codec/batch/judge-batch.ts'
import { readBatch } from '../../src/codec/batch/read-batch.ts'
import { resolveIndirect } from '../../src/codec/batch/resolve-batch.ts'
import { decodeRing } from '../../src/codec/ring/decode-ring.ts'
import { ringGeometry } from '../../src/codec/ring/geometry.ts'
import type { IndirectPages } from '../../src/codec/ring/indirect-pages.ts'
import { XEN_PAGE_SIZE } from '../../src/codec/xen/ring.ts'
import { ABIS, type Abi } from '../../src/index.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { DIRECTIONS, reportOf, Statistics } from '../../src/stats/index.ts'
import { eachCapture } from '../support/captures.ts'
import { rings } from '../support/rings.ts'
import { flightLengths, type Recount, recount } from './recount.ts'

interface Snapshot {
  readonly bytes: Uint8Array
  readonly indirectPages: IndirectPages
}

function statsOf(snapshots: readonly Snapshot[], abi: Abi): Statistics {
  const stats = new Statistics()
  const batch = new Batch(ringGeometry(abi, snapshots[0]!.bytes.length / XEN_PAGE_SIZE), 1)
  const judge = batchJudge(batch)
  const track = stats.track({ source: 'ring', queue: undefined }, batch.geometry)
  for (const [place, { bytes, indirectPages }] of snapshots.entries()) {
    readBatch(batch, bytes)
    resolveIndirect(batch, 0, indirectPages)
    judge()
    stats.add(track, batch, 0, place)
  }
  track.end()
  return stats
}

/** The figures in the shape of a recount. */
function figures(stats: Statistics): Omit<Recount, 'depths'> {
  const report = reportOf(stats)
  const nonzero = (entries: readonly (readonly [string, number])[]) => Object.fromEntries(entries.filter(([, n]) => n > 0))
  return {
    slots: report.slots,
    requests: report.requests,
    responses: report.responses,
    kinds: nonzero(
      report.operations.flatMap(({ op, direct, indirect }) => [
        [`direct ${op}`, direct] as const,
        [`indirect ${op}`, indirect] as const,
      ]),
    ),
    bytes: Object.fromEntries(report.operations.flatMap(({ op, bytes }) => (bytes > 0n ? [[op, bytes]] : []))),
    sizes: nonzero(report.sizes.flatMap((size) => DIRECTIONS.map((way) => [`${way} ${size.upTo}`, size[way]] as const))),
    segments: nonzero(
      report.segments.flatMap(({ from, direct, indirect }) => [
        [`direct ${from}`, direct] as const,
        [`indirect ${from}`, indirect] as const,
      ]),
    ),
    statuses: Object.fromEntries(report.statuses.map(({ status, responses }) => [status, responses])),
    unresolved: report.unresolved,
  }
}

function check(snapshots: readonly Snapshot[], abi: Abi): void {
  const stats = statsOf(snapshots, abi)
  const decoded = snapshots.map(({ bytes, indirectPages }) => decodeRing(bytes, abi, { indirectPages }))
  const { depths, bytes, ...slow } = recount(decoded)
  const { bytes: fast, ...rest } = figures(stats)
  expect(rest).toEqual(slow)
  expect(fast).toEqual(Object.fromEntries(Object.entries(bytes).filter(([, n]) => n > 0n)))
  const { depth, operations, responses, errors, requests, direct, indirect, longest } = reportOf(stats)
  expect(longest.map(({ first, last }) => last - first + 1)).toEqual(flightLengths(decoded).slice(0, 10))
  expect(depth.rings).toBe(depths.length)
  expect(depth.most).toBe(Math.max(0, ...depths))
  expect(depth.mean).toBeCloseTo(depths.length === 0 ? 0 : depths.reduce((sum, n) => sum + n, 0) / depths.length, 9)
  const sorted = depths.toSorted((a, b) => a - b)
  expect(depth.median).toBe(sorted[Math.ceil(sorted.length / 2) - 1] ?? 0)
  expect(direct + indirect).toBe(requests)
  expect(operations.reduce((sum, o) => sum + o.responses, 0)).toBe(responses)
  expect(operations.reduce((sum, o) => sum + o.errors, 0)).toBe(errors)
}

eachCapture('each capture', ({ path }) => {
  const queues = new Map<number | undefined, Snapshot[]>()
  for (const { queue, bytes, indirectPages } of loadDumps(path)) {
    const snapshots = queues.get(queue) ?? []
    snapshots.push({ bytes: Uint8Array.from(bytes), indirectPages })
    queues.set(queue, snapshots)
  }
  for (const snapshots of queues.values()) for (const abi of ABIS) check(snapshots, abi)
})

test('series of rings of chance, some of which stand still or change little', () => {
  const series = fc.constantFrom(1, 2).chain((pages) =>
    fc
      .array(fc.tuple(rings(pages), fc.constantFrom('new', 'same', 'nearly'), fc.nat({ max: 4095 })), {
        minLength: 1,
        maxLength: 5,
      })
      .map((parts) => {
        const snapshots: Snapshot[] = []
        for (const [bytes, how, at] of parts) {
          const last = snapshots.at(-1)?.bytes ?? bytes
          const own = how === 'new' ? bytes : Uint8Array.from(last)
          if (how === 'nearly') own[at]! ^= 1
          snapshots.push({ bytes: own, indirectPages: new Map() })
        }
        return snapshots
      }),
  )
  fc.assert(
    fc.property(series, fc.constantFrom(...ABIS), (snapshots, abi) => check(snapshots, abi)),
    { numRuns: 150 },
  )
})

/** A ring of one page of whose requests the first carries these words. */
function ring(req_prod: number, rsp_prod: number): Snapshot {
  const bytes = new Uint8Array(XEN_PAGE_SIZE)
  bytes.set(new Uint8Array(Uint32Array.of(req_prod, req_prod + 1, rsp_prod, rsp_prod + 1).buffer))
  return { bytes, indirectPages: new Map() }
}

test('steps tell what was published between the snapshots, and where they do not follow each other', () => {
  const near = 2 ** 32 - 2
  const rings = [ring(near, near), ring(3, near + 1), ring(3, 3), ring(103, 103), ring(50, 40), ring(50, 10), ring(51, 41)]
  expect(reportOf(statsOf(rings, ABIS[0]!)).steps).toEqual({ followed: 2, published: 5, answered: 5, leapt: 1, back: 3 })
})

test('a whole lap between two snapshots is a step, one request more a leap', () => {
  const start = 2 ** 32 - 10
  const after = (published: number) => ring((start + published) >>> 0, (start + published) >>> 0)
  const steps = (...published: number[]) => reportOf(statsOf(published.map(after), ABIS[0]!)).steps
  expect(steps(0, 32)).toEqual({ followed: 1, published: 32, answered: 32, leapt: 0, back: 0 })
  expect(steps(0, 33)).toEqual({ followed: 0, published: 0, answered: 0, leapt: 1, back: 0 })
  expect(steps(0, 64, 96)).toEqual({ followed: 1, published: 32, answered: 32, leapt: 1, back: 0 })
})
