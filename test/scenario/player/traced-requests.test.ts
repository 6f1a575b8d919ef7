// Guests without persistent grants: their trace has every grant, and the I/O tool's log has every page. Cutting the logged buffers
// gives the grants of the trace and the segments of every request on the captured ring that carries data.
import { expect, test } from 'vitest'
import { DRIVER_MODELS, type PageSize, planRequest, type RequestPlan, type SgSegment } from '../../../src/blkfront/index.ts'
import { decodeCapture } from '../../../src/capture/decode-capture.ts'
import type { Request } from '../../../src/codec/ring/request.ts'
import type { Ring } from '../../../src/codec/ring/ring.ts'
import { distance } from '../../../src/codec/ring/ring-idx.ts'
import { loadDumps } from '../../../src/node/read/load.ts'
import { parseFtrace, parseRwbs } from '../../../src/scenario/trace/index.ts'
import { type Capture, captures, eachCapture, textOf } from '../../support/captures.ts'
import { parseIoLog, segmentsOf } from './io-log.ts'

interface Traced {
  readonly op: string
  readonly sector: bigint
  readonly nrSectors: number
  readonly grants: { readonly gref: number; readonly gfn: number }[]
}

function tracedIn(text: string): Traced[] {
  const traced: Traced[] = []
  for (const event of parseFtrace(text).events) {
    if (event.type === 'issue') {
      const { sector, nrSectors, device } = event
      const op = device === '202,0' ? (parseRwbs(event.rwbs)?.op ?? 'none') : 'another disk'
      traced.push({ op, sector, nrSectors, grants: [] })
    } else if (event.type === 'grant') traced.at(-1)?.grants.push({ gref: event.gref, gfn: event.gfn })
  }
  return traced
}

/** What decides how the guest cuts and grants. */
interface Guest {
  readonly pageSize: PageSize
  readonly maxIndirectSegments: number
  /** Frames in the trace are those of the buffers: not of pages that the driver copies to, nor a PV guest's machine frames. */
  readonly showsFrames: boolean
}

function guestOf(capture: Capture): Guest {
  const meta = JSON.parse(textOf(capture, 'meta.json')!)
  const untrusted = /xen_blkfront.trusted=0/.test(meta.guest_cmdline)
  return {
    pageSize: meta.guest_page_size,
    maxIndirectSegments: /max_indirect_segments=0/.test(meta.guest_cmdline) ? 0 : 32,
    showsFrames: meta.arch === 'arm64' && !untrusted,
  }
}

const isComplete = (c: Capture) =>
  /device\/vbd\/\d+\/feature-persistent = "0"/.test(textOf(c, 'xenstore.txt') ?? '') &&
  textOf(c, 'io.log') !== undefined &&
  textOf(c, 'trace.txt') !== undefined

/** How many of the traced requests were compared and found on the ring; of the latter, how many take two slots, have an indirect page, or lack it. */
interface Count {
  traced: number
  compared: number
  onRing: number
  split: number
  indirect: number
  lackPage: number
}

/** Of the committed captures. */
const COUNTS: Readonly<Record<string, Count>> = {
  '4k-sectors': { traced: 7, compared: 7, onRing: 3, split: 0, indirect: 1, lackPage: 1 },
  '64k-split-pair': { traced: 10, compared: 10, onRing: 10, split: 7, indirect: 0, lackPage: 0 },
  'multi-queue': { traced: 21, compared: 21, onRing: 21, split: 0, indirect: 19, lackPage: 0 },
  'ring-full-4-pages': { traced: 160, compared: 160, onRing: 128, split: 0, indirect: 0, lackPage: 0 },
  'untrusted-bounce': { traced: 16, compared: 16, onRing: 16, split: 0, indirect: 0, lackPage: 0 },
}

/** The log is of the last run of the I/O tool only; the trace has those before it. */
const LOGGED_IN_PART = /b-completed-wrapped$/

test('the committed captures', () => {
  expect(captures.filter(isComplete).map((c) => c.name)).toEqual(Object.keys(COUNTS))
})

eachCapture('complete captures', compareAll, { only: isComplete })

function compareAll(capture: Capture): void {
  const guest = guestOf(capture)
  const ios = ['io.log', 'io2.log'].flatMap((name) => parseIoLog(textOf(capture, name) ?? '', guest.pageSize))
  const traced = tracedIn(textOf(capture, 'trace.txt')!)
  const rings = [...loadDumps(capture.path)].map((dump) => requestsOf(decodeCapture(dump).ring))
  const count: Count = { traced: traced.length, compared: 0, onRing: 0, split: 0, indirect: 0, lackPage: 0 }
  const met = new Set<Request>()
  for (const one of traced) {
    if (one.op !== 'read' && one.op !== 'write') {
      // Flushes and discards carry no data.
      expect({ op: one.op, grants: one.grants }).toEqual({ op: expect.stringMatching(/^(flush|discard)$/), grants: [] })
      continue
    }
    const segments = segmentsOf(ios, one, guest.pageSize)
    if (!segments) {
      expect(capture.name).toMatch(LOGGED_IN_PART)
      continue
    }
    const plan = compare(one, segments, guest)
    count.compared++
    const found = findOnRing(one, plan, rings)
    if (found.length === 0) continue
    compareOnRing(one, plan, found)
    for (const request of found) met.add(request)
    count.onRing++
    if (plan.shape === 'two-slots') count.split++
    if (plan.shape === 'indirect') count.indirect++
    if (found.some(lacksPage)) count.lackPage++
  }
  const withData = rings.flat().filter((request) => 'nr_segments' in request && request.nr_segments > 0)
  expect(withData.filter((request) => !met.has(request))).toEqual([])
  // Those of the collection are held to the same rules.
  if (captures.includes(capture)) expect(count).toEqual(COUNTS[capture.name])
}

/** In the order of their indices. */
function requestsOf({ slots, sring }: Ring): Request[] {
  return slots
    .filter((s) => s.state === 'request')
    .sort((a, b) => distance(sring.rsp_prod, a.index) - distance(sring.rsp_prod, b.index))
    .map((s) => s.request)
}

/** The first grant is that of the indirect page, where there is one. */
function dataGrants({ grants }: Traced, { shape }: RequestPlan): Traced['grants'] {
  return shape === 'indirect' ? grants.slice(1) : grants
}

function chunksOf({ segments }: RequestPlan, { pageSize }: Guest) {
  return segments.flatMap(({ segment: [page], chunks }) => chunks.map(({ chunk }) => page * (pageSize / 4096) + chunk))
}

function compare(traced: Traced, segments: readonly SgSegment[], guest: Guest): RequestPlan {
  const plan = planRequest(DRIVER_MODELS.modern, guest, segments)
  const { sector, nrSectors } = traced
  expect({ sector, nrSectors, used: plan.grantsUsed }).toEqual({ sector, nrSectors, used: traced.grants.length })
  const gfns = dataGrants(traced, plan).map((g) => g.gfn)
  if (guest.showsFrames) expect({ sector, nrSectors, gfns: chunksOf(plan, guest) }).toEqual({ sector, nrSectors, gfns })
  return plan
}

/** Both halves of one that takes two slots. */
function findOnRing({ sector, grants }: Traced, plan: RequestPlan, rings: readonly (readonly Request[])[]): Request[] {
  for (const requests of rings) {
    const i = requests.findIndex((r) => r.sector_number === sector && firstGrefOf(r) === grants[0]?.gref)
    if (i >= 0) return requests.slice(i, i + (plan.shape === 'two-slots' ? 2 : 1))
  }
  return []
}

/** In the order in which the driver grants. */
function firstGrefOf(r: Request): number | undefined {
  return r.kind === 'indirect' ? r.indirect_grefs[0] : r.kind === 'rw' ? r.segments[0]?.gref : undefined
}

function compareOnRing(traced: Traced, plan: RequestPlan, found: readonly Request[]): void {
  const { sector } = traced
  const grants = dataGrants(traced, plan)
  const chunks = plan.segments.flatMap((segment) => segment.chunks)
  const segments = chunks.map(({ first_sect, last_sect }, k) => ({ gref: grants[k]!.gref, first_sect, last_sect }))
  const [first] = found
  if (first?.kind === 'indirect') {
    const { indirect_grefs, nr_segments } = first
    const grefs = [traced.grants[0]!.gref]
    expect({ sector, indirect_grefs, nr_segments }).toEqual({ sector, indirect_grefs: grefs, nr_segments: segments.length })
  }
  if (!lacksPage(first!)) expect({ sector, segments: found.flatMap(segmentsOnRing) }).toEqual({ sector, segments })
}

/** Its page was not captured: it was answered already. */
function lacksPage(r: Request): boolean {
  return r.kind === 'indirect' && r.segments === null
}

function segmentsOnRing(request: Request) {
  if (request.kind !== 'rw' && request.kind !== 'indirect') return []
  return (request.segments ?? []).map(({ gref, first_sect, last_sect }) => ({ gref, first_sect, last_sect }))
}
