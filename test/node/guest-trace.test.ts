// What the guest's kernel recorded while the ring was captured: each request in flight is one that it issued, in its order,
// with its operation, sector and length; and where every grant was recorded, its segments are those grants.
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import type { Request } from '../../src/codec/ring/request.ts'
import type { RequestSlot, Ring } from '../../src/codec/ring/ring.ts'
import { advance, distance } from '../../src/codec/ring/ring-idx.ts'
import {
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  BLKIF_OP_WRITE,
  NO_SECTOR,
  SECTORS_PER_XEN_PAGE,
  SEGS_PER_INDIRECT_PAGE,
} from '../../src/codec/xen/blkif.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { type FtraceEvent, parseFtrace, type RequestEvent } from '../../src/scenario/trace/ftrace.ts'
import { type Capture, eachCapture, textOf } from '../support/captures.ts'

type TracedOp = 'read' | 'write' | 'discard' | 'flush'

interface Issued {
  op: TracedOp
  sector: bigint
  nrSectors: number
  /** Grants recorded between this request and the next. */
  grefs: number[]
}

/** One request of the guest: a slot, or the two slots of a request that did not fit in one. */
interface Flown {
  op: TracedOp
  sector: bigint
  /** null where the indirect page was not captured. */
  nrSectors: number | null
  /** In the order in which the driver grants: each indirect page before the segments that it holds. */
  grefs: number[]
  /** Nothing on the ring says that it was answered. */
  sure: boolean
}

const OPS: Record<string, TracedOp> = { R: 'read', W: 'write', D: 'discard', F: 'flush' }

function issuedIn(text: string): Issued[] {
  const { events } = parseFtrace(text)
  const device = traced(events)
  const issued: Issued[] = []
  for (const event of events) {
    if (event.type === 'issue' && event.device === device) {
      const { sector, nrSectors } = event
      issued.push({ op: OPS[event.rwbs[0]!]!, sector, nrSectors, grefs: [] })
    } else if (event.type === 'issue') issued.push({ op: 'flush', sector: -1n, nrSectors: -1, grefs: [] })
    else if (event.type === 'grant') issued.at(-1)?.grefs.push(event.gref)
  }
  return issued
}

/** The captured disk is 202,0; where a second one was attached for the capture, that one. */
function traced(events: readonly FtraceEvent[]): string {
  const devices = new Set(events.filter((e): e is RequestEvent => e.type === 'issue').map((e) => e.device))
  return devices.has('202,0') ? '202,0' : ([...devices].find((d) => d.startsWith('202,') && d !== '202,16') ?? '202,0')
}

function inFlight({ slots, sring }: Ring): RequestSlot[] {
  return slots
    .filter((s) => s.state === 'request')
    .sort((a, b) => distance(sring.rsp_prod, a.index) - distance(sring.rsp_prod, b.index))
}

function flownIn(ring: Ring): Flown[] {
  const flown: Flown[] = []
  let before: RequestSlot | undefined
  for (const slot of inFlight(ring)) {
    const part = flownOf(slot)
    const whole = flown.at(-1)
    if (whole && before && isSecondHalf(slot, before)) {
      whole.nrSectors = whole.nrSectors! + part.nrSectors!
      whole.grefs.push(...part.grefs)
    } else flown.push(part)
    before = slot
  }
  return flown
}

function isSecondHalf({ request, index }: RequestSlot, before: RequestSlot): boolean {
  return (
    index === advance(before.index, 1) &&
    before.request.kind === 'rw' &&
    request.operation === before.request.operation &&
    before.request.nr_segments === BLKIF_MAX_SEGMENTS_PER_REQUEST &&
    request.sector_number === before.request.sector_number + BigInt(BLKIF_MAX_SEGMENTS_PER_REQUEST * SECTORS_PER_XEN_PAGE)
  )
}

function flownOf({ request: r, answered }: RequestSlot): Flown {
  const sure = answered === 'no'
  if (r.kind === 'discard') return { op: 'discard', sector: r.sector_number, nrSectors: Number(r.nr_sectors), grefs: [], sure }
  if (r.op === 'flush')
    return { op: 'flush', sector: r.sector_number === NO_SECTOR ? 0n : r.sector_number, nrSectors: 0, grefs: [], sure }
  if (r.kind === 'other') throw new Error(`operation ${r.operation} on a captured ring`)
  const inner = r.kind === 'indirect' ? r.indirect_op : r.operation
  return {
    op: inner === BLKIF_OP_WRITE ? 'write' : 'read',
    sector: r.sector_number,
    nrSectors: r.nr_sectors!,
    grefs: grefsOf(r),
    sure,
  }
}

function grefsOf(r: Request): number[] {
  if (r.kind === 'rw') return r.segments.map((s) => s.gref)
  if (r.kind !== 'indirect') return []
  return (r.segments ?? []).flatMap((s, i) =>
    i % SEGS_PER_INDIRECT_PAGE === 0 ? [r.indirect_grefs[i / SEGS_PER_INDIRECT_PAGE]!, s.gref] : [s.gref],
  )
}

/** Neither end keeps grants: the trace has every one of them. */
function isComplete(capture: Capture): boolean {
  const text = textOf(capture, 'xenstore.txt') ?? ''
  return /device\/vbd\/\d+\/feature-persistent = "0"/.test(text.split('# domain')[0]!)
}

let requests = 0
let grantLists = 0

const isTraced = (c: Capture) => textOf(c, 'trace.txt') !== undefined && !c.name.includes('series')

eachCapture('traced captures', checkTrace, { only: isTraced })

function checkTrace(capture: Capture): void {
  const issued = issuedIn(textOf(capture, 'trace.txt')!)
  const complete = isComplete(capture)
  for (const dump of loadDumps(resolve(capture.path))) {
    const { ring } = decodeCapture(dump)
    let at = 0
    for (const { op, sector, nrSectors, grefs, sure } of flownIn(ring)) {
      const found = issued.findIndex(
        (i, k) => k >= at && i.op === op && i.sector === sector && (nrSectors === null || i.nrSectors === nrSectors),
      )
      expect({ op, sector, nrSectors, found: found >= 0 }).toEqual({ op, sector, nrSectors, found: true })
      at = found + 1
      requests++
      if (complete && sure) {
        expect({ sector, grefs }).toEqual({ sector, grefs: issued[found]!.grefs })
        grantLists++
      } else {
        const fresh = new Set(issued[found]!.grefs)
        if (sure) expect(grefs.filter((gref) => fresh.has(gref))).toEqual(issued[found]!.grefs)
      }
    }
  }
}

test('requests and grant lists were compared', () => {
  expect(requests).toBeGreaterThan(300)
  expect(grantLists).toBeGreaterThan(100)
})
