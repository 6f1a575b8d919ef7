// I/O cut by the limits that the driver gives, against what real guests' block layers made of theirs: for each bio of a trace, the
// requests that were issued for it, and where the I/O tool logged its buffers, their pages.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  cutBuffer,
  cutByLimits,
  DEFAULT_MAX_SECTORS,
  DRIVER_MODELS,
  joinSegments,
  limitsAtConnect,
  type PageSize,
  type QueueLimits,
  type SgSegment,
} from '../../src/blkfront/index.ts'
import { cutIntoPages } from '../../src/scenario/file/requests.ts'
import { parseFtrace, parseRwbs } from '../../src/scenario/trace/index.ts'
import { parseIoLog, segmentsOf } from '../scenario/player/io-log.ts'
import { type Capture, captures, eachCapture, textOf } from '../support/captures.ts'

interface Io {
  readonly op: string
  readonly sector: bigint
  readonly nrSectors: number
}

/** Bios as they were submitted, before anything cut them. */
function biosIn(trace: string): Io[] {
  return [...trace.matchAll(/block_bio_queue: 202,0 (\S+) (\d+) \+ (\d+) /g)].flatMap(([, rwbs, sector, nr]) => {
    const op = parseRwbs(rwbs!)?.op
    return (op === 'read' || op === 'write') && nr !== '0' ? [{ op, sector: BigInt(sector!), nrSectors: Number(nr) }] : []
  })
}

function issuesIn(trace: string): Io[] {
  return parseFtrace(trace).events.flatMap((event) => {
    if (event.type !== 'issue' || event.device !== '202,0') return []
    const { sector, nrSectors } = event
    const op = parseRwbs(event.rwbs)?.op
    return (op === 'read' || op === 'write') && nrSectors > 0 ? [{ op, sector, nrSectors }] : []
  })
}

/** Their trace has two runs of the I/O tool, and their log the buffers of one. */
const LOGGED_IN_PART = /b-completed-wrapped$|^wrapped$/

const hasTrace = (c: Capture) => !LOGGED_IN_PART.test(c.name) && /block_bio_queue: 202,0 /.test(textOf(c, 'trace.txt') ?? '')

/** Of the committed captures. */
const count = { bios: 0, requests: 0 }

eachCapture(
  'traced captures',
  (capture) => {
    const meta = JSON.parse(textOf(capture, 'meta.json')!)
    const pageSize: PageSize = meta.guest_page_size
    const offer = /feature-max-indirect-segments = "(\d+)"/.exec(textOf(capture, 'xenstore.txt') ?? '')?.[1] ?? '0'
    const told = /max_indirect_segments=0/.test(meta.guest_cmdline) ? 0 : 32
    const maxIndirectSegments = Math.min(Number(offer), told)
    const limits = limitsAtConnect(DRIVER_MODELS.modern, { pageSize, maxIndirectSegments }, 32)
    const logged = ['io.log', 'io2.log'].flatMap((name) => parseIoLog(textOf(capture, name) ?? '', pageSize))
    const trace = textOf(capture, 'trace.txt')!
    const issued = issuesIn(trace).map(nameOf)
    const withDd = meta.io_in_guest?.startsWith('dd ') === true
    const requests: Made[] = []
    let whole = 0
    for (const bio of biosIn(trace)) {
      const buffers = logged.filter((io) => io.op === bio.op && io.sector === bio.sector && io.bytes === bio.nrSectors * 512)
      // The log is of the last run of the I/O tool only; dd's buffers begin at a page.
      const segments = buffers.length === 1 ? segmentsOf(buffers, bio, pageSize) : withDd ? aligned(bio, pageSize) : undefined
      let { sector } = bio
      for (const cut of segments ? cutByLimits(segments, limits) : []) {
        merge(requests, { op: bio.op, sector, nrSectors: cut.nrSectors, segments: cut.segments.length }, limits)
        sector += BigInt(cut.nrSectors)
      }
      if (segments) whole++
      else requests.push(UNKNOWN)
    }
    const made = requests.filter((request) => request !== UNKNOWN)
    for (const request of made) {
      const at = issued.indexOf(nameOf(request))
      expect({ ...request, issued: at >= 0 }).toEqual({ ...request, issued: true })
      issued.splice(at, 1)
    }
    if (withDd) expect(issued).toEqual([])
    if (!captures.includes(capture)) return
    count.bios += whole
    count.requests += made.length
  },
  { only: hasTrace },
)

test('the committed captures have I/O that is cut', () => {
  expect(count).toEqual({ bios: 367, requests: 418 })
})

interface Made extends Io {
  readonly segments: number
}

/** Stands for I/O whose buffers are not known. */
const UNKNOWN: Made = { op: '', sector: 0n, nrSectors: 0, segments: 0 }

/** A bio that goes on where the one before it ended is put in that one's request, if that keeps to the limits. */
function merge(requests: Made[], next: Made, { maxSegments, maxHwSectors }: QueueLimits): void {
  const last = requests.at(-1)
  const goesOn = last?.op === next.op && last.sector + BigInt(last.nrSectors) === next.sector
  if (goesOn && last.segments + next.segments <= maxSegments && last.nrSectors + next.nrSectors <= maxHwSectors)
    requests[requests.length - 1] = {
      ...last,
      nrSectors: last.nrSectors + next.nrSectors,
      segments: last.segments + next.segments,
    }
  else requests.push(next)
}

/** dd's buffers begin at a page. */
function aligned({ nrSectors }: Io, pageSize: PageSize): SgSegment[] {
  return cutIntoPages(0, 0, nrSectors * 512, pageSize)
}

function nameOf({ op, sector, nrSectors }: Io): string {
  return `${op} ${sector} + ${nrSectors}`
}

const limits64k = limitsAtConnect(DRIVER_MODELS.modern, { pageSize: 65536, maxIndirectSegments: 32 }, 32)

test('a segment with sectors left goes on in the next request', () => {
  const segments: SgSegment[] = [
    [1, 32768, 32768],
    [2, 0, 65536],
  ]
  const small = { ...limits64k, maxHwSectors: 128 }
  expect(cutByLimits(segments, small)).toEqual([
    {
      segments: [
        [1, 32768, 32768],
        [2, 0, 32768],
      ],
      nrSectors: 128,
      endedBy: 'max_segments',
    },
    { segments: [[2, 32768, 32768]], nrSectors: 64, endedBy: undefined },
  ])
})

test("where a driver takes more, the block layer's own limit ends a request", () => {
  const wide = limitsAtConnect(DRIVER_MODELS.modern, { pageSize: 4096, maxIndirectSegments: 4096 }, 32)
  const [first] = cutByLimits(aligned({ op: 'read', sector: 0n, nrSectors: 4096 }, 4096), wide)
  expect([first?.nrSectors, first?.endedBy]).toEqual([DEFAULT_MAX_SECTORS, 'max_sectors'])
})

test('pieces that touch within a page are one segment', () => {
  const pieces: SgSegment[] = [
    [1, 0, 512],
    [1, 512, 512],
    [1, 2048, 512],
    [2, 2560, 512],
  ]
  expect(joinSegments(pieces)).toEqual([
    [1, 0, 1024],
    [1, 2048, 512],
    [2, 2560, 512],
  ])
})

test('a buffer is cut by numbers as its segments are', () => {
  const sectors = fc.integer({ min: 1, max: 5000 })
  fc.assert(
    fc.property(
      sectors,
      fc.nat(127),
      fc.constantFrom(4096, 16384, 65536),
      fc.nat(300),
      fc.nat(600),
      (count, at, pageSize, most, hw) => {
        const offset = (at * 512) % pageSize
        const limits = { ...limits64k, maxSegments: most, maxHwSectors: hw, maxSegmentSize: pageSize }
        const cuts = cutByLimits(cutIntoPages(0, offset, count * 512, pageSize), limits)
        const [first = [0, 0]] = cuts.map(({ segments: [segment] }) => segment)
        expect(first[1]).toBe(offset)
        expect(cutBuffer(offset, count * 512, pageSize, limits)).toEqual(
          cuts.map(({ segments: [[page, within] = [0, 0, 0]], nrSectors, endedBy }) => {
            return { offset: page * pageSize + within, nrSectors, endedBy }
          }),
        )
      },
    ),
  )
})
