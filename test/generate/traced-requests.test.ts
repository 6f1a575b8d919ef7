// Guests without persistent grants: their trace has every grant, and the I/O tool's log has every page. Cutting the logged buffers
// gives the grants of the trace and the segments on the captured ring.
import { expect, test } from 'vitest'
import { DRIVER_MODELS, type PageSize, planRequest, type SgSegment } from '../../src/blkfront/index.ts'
import type { Request } from '../../src/codec/ring/request.ts'
import { decodeDump } from '../../src/dump/decode-dump.ts'
import { loadDumps } from '../../src/dump/folder.ts'
import { parseFtrace, parseRwbs } from '../../src/trace/index.ts'
import { type Capture, captures, textOf } from '../support/captures.ts'
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

const complete = captures.filter(
  (c) =>
    /device\/vbd\/\d+\/feature-persistent = "0"/.test(textOf(c, 'xenstore.txt') ?? '') &&
    textOf(c, 'io.log') !== undefined &&
    textOf(c, 'trace.txt') !== undefined,
)

const compared = { traced: 0, onRing: 0, split: 0, indirect: 0 }

test.each(complete)('$name', (capture) => {
  const guest = guestOf(capture)
  const ios = parseIoLog(textOf(capture, 'io.log')!, guest.pageSize)
  const traced = tracedIn(textOf(capture, 'trace.txt')!)
  const requests = [...loadDumps(capture.path)].flatMap((dump) =>
    decodeDump(dump).ring.slots.flatMap((s) => (s.state === 'request' && s.answered === 'no' ? [s.request] : [])),
  )
  for (const one of traced) {
    const segments = segmentsOf(ios, one, guest.pageSize)
    if (segments) compare(one, segments, guest, requests)
  }
})

function compare(traced: Traced, segments: readonly SgSegment[], guest: Guest, requests: readonly Request[]): void {
  const plan = planRequest(DRIVER_MODELS.modern, guest, segments)
  const where = { sector: traced.sector, nrSectors: traced.nrSectors }
  expect({ ...where, used: plan.grantsUsed }).toEqual({ ...where, used: traced.grants.length })
  const grants = plan.shape === 'indirect' ? traced.grants.slice(1) : traced.grants
  const chunks = plan.segments.flatMap(({ segment: [page], chunks }) =>
    chunks.map(({ chunk, first_sect, last_sect }) => ({
      gfn: page * (guest.pageSize / 4096) + chunk,
      first_sect,
      last_sect,
    })),
  )
  if (guest.showsFrames) expect({ ...where, gfns: chunks.map((c) => c.gfn) }).toEqual({ ...where, gfns: grants.map((g) => g.gfn) })
  compared.traced++
  const i = requests.findIndex(
    (r) => r.kind !== 'discard' && r.sector_number === traced.sector && grefsOf(r)[0] === grants[0]?.gref,
  )
  if (i < 0) return
  const first = requests[i]!
  const whole = plan.shape === 'two-slots' ? [first, requests[i + 1]!] : [first]
  const expected = chunks.map(({ first_sect, last_sect }, k) => ({ gref: grants[k]!.gref, first_sect, last_sect }))
  expect({ ...where, segments: whole.flatMap(segmentsOnRing) }).toEqual({ ...where, segments: expected })
  if (first.kind === 'indirect') expect(first.indirect_grefs).toEqual([traced.grants[0]!.gref])
  compared.onRing++
  if (plan.shape === 'two-slots') compared.split++
  if (plan.shape === 'indirect') compared.indirect++
}

function segmentsOnRing(request: Request) {
  if (request.kind !== 'rw' && request.kind !== 'indirect') return []
  return (request.segments ?? []).map(({ gref, first_sect, last_sect }) => ({ gref, first_sect, last_sect }))
}

function grefsOf(request: Request): number[] {
  return segmentsOnRing(request).map((s) => s.gref)
}

test('requests of every shape were compared', () => {
  expect(Math.min(compared.traced, compared.onRing)).toBeGreaterThan(20)
  expect(compared.split).toBeGreaterThan(0)
  expect(compared.indirect).toBeGreaterThan(0)
})
