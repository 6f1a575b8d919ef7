// What `generate` says of a run: a line or two, or JSON.
import type { BlockRequest, QueueLimits, StepOutcome } from '../../blkfront/index.ts'
import { type ByteSink, literal } from '../../print/byte-sink.ts'
import { jsonText } from '../../print/printable.ts'
import type { JsonOf } from '../../print/shape.ts'
import type { Style } from '../../print/style.ts'
import { count } from '../../print/text.ts'
import type { ExplainedRequest, Refusals } from '../../scenario/player/index.ts'
import type { EXPLAINED_REQUEST, LIMITS, RESUMED, TOTALS } from './shape.ts'

export interface GenerateTotals extends Readonly<Refusals> {
  /** The folder; undefined where there is none. */
  readonly output: string | undefined
  readonly series: boolean
  readonly pages: number
  /** Requests that the driver put in the ring, and the slots that they took. */
  readonly requests: number
  readonly slots: number
  readonly answered: number
  readonly snapshots: number
  readonly req_prod: number
  readonly req_event: number
  readonly rsp_prod: number
  readonly rsp_event: number
  /** Of each queue, where there are several; the four above are the first's. */
  readonly queues: readonly RingIndices[] | undefined
  /** What each resume gave back, where the guest was suspended. */
  readonly resumes: readonly RecoveredJson[] | undefined
}

type Recovered = Extract<StepOutcome, { type: 'reconnect' }>

export type RecoveredJson = JsonOf<typeof RESUMED>

export interface RingIndices {
  readonly req_prod: number
  readonly req_event: number
  readonly rsp_prod: number
  readonly rsp_event: number
}

function indicesText({ req_prod, req_event, rsp_prod, rsp_event }: RingIndices): string {
  return `req_prod ${req_prod}, req_event ${req_event}, rsp_prod ${rsp_prod}, rsp_event ${rsp_event}`
}

export function summaryText(totals: GenerateTotals, notes: readonly string[], explained: boolean, style: Style): string {
  const { output, series, snapshots, pages, requests, slots, answered, queues } = totals
  const what = series ? count(snapshots, 'snapshot') : queues ? count(queues.length, 'ring') : 'ring'
  const where = output === undefined ? '' : `${style.bold(output)}: ${what} of ${count(pages, 'page')}, `
  const indices = queues ? '' : `; ${indicesText(totals)}`
  const lines = [
    ...notes.map((note) => style.dim(note)),
    `${where}${count(requests, 'request')} in ${count(slots, 'slot')}, ${answered} answered${indices}`,
    ...(queues ?? []).map((ring, queue) => `  queue ${queue}: ${indicesText(ring)}`),
  ]
  return `${explained ? '\n' : ''}${lines.join('\n')}\n`
}

const OPEN_PAGE = literal('{"page":')
const OFFSET = literal(',"offset":')
const LENGTH = literal(',"length":')
const OPEN_SLOT = literal('{"slot":')
const GREF = literal(',"gref":')
const GFN = literal(',"gfn":')
const FIRST = literal(',"first_sect":')
const LAST = literal(',"last_sect":')
const CLOSE = 0x7d
const COMMA = 0x2c
/** More than a segment takes up. */
const EACH = 160

/** A request of `generate --json`, byte by byte: names as in Xen's headers where they have one. A trace has millions of segments. */
export function writeRequestJson(explained: ExplainedRequest, sink: ByteSink): void {
  const { request, result, slots, ids, plan, grants, indirectGrefs, reserved } = explained
  const head = {
    request: request.serial,
    ...(explained.queue === undefined ? {} : { queue: explained.queue }),
    op: request.op,
    ...(request.fua ? { fua: true } : {}),
    ...(request.part ? { part: { ...request.part, endedBy: request.part.endedBy ?? null } } : {}),
    sector_number: String(request.sector),
    nr_sectors: isDiscard(request) ? String(request.nrSectors) : request.nrSectors,
  } satisfies Partial<JsonOf<typeof EXPLAINED_REQUEST>>
  sink.text(`${jsonText(head).slice(0, -1)},"linuxSegments":[`)
  for (const [i, [page, offset, length]] of request.segments.entries()) {
    sink.reserve(EACH)
    if (i > 0) sink.byte(COMMA)
    sink.literal(OPEN_PAGE)
    sink.whole(page)
    sink.literal(OFFSET)
    sink.whole(offset)
    sink.literal(LENGTH)
    sink.whole(length)
    sink.byte(CLOSE)
  }
  sink.text(`],${jsonText({ result, slots, ids: ids.map(String) }).slice(1, -1)}`)
  if (plan) {
    sink.text(`,"shape":"${plan.shape}","nr_segments":${plan.nr_segments},"segments":[`)
    for (let i = 0; i < grants.length; i++) {
      const { slot, gref, gfn, first_sect, last_sect } = grants[i]!
      sink.reserve(EACH)
      if (i > 0) sink.byte(COMMA)
      sink.literal(OPEN_SLOT)
      sink.u32(slot)
      sink.literal(GREF)
      sink.u32(gref)
      sink.literal(GFN)
      sink.whole(gfn)
      sink.literal(FIRST)
      sink.u32(first_sect)
      sink.literal(LAST)
      sink.u32(last_sect)
      sink.byte(CLOSE)
    }
    const used = grants.length + indirectGrefs.length
    const tail = { indirect_grefs: indirectGrefs.map(({ gref }) => gref), grants: { ...reserved, used } }
    sink.text(`],${jsonText(tail).slice(1, -1)}`)
  }
  sink.byte(CLOSE)
}

/** What the block layer was told, by the names that Linux has for it. */
export function limitsJson({
  maxHwSectors,
  maxSegments,
  maxSegmentSize,
  segBoundary,
  queueDepth,
}: QueueLimits): JsonOf<typeof LIMITS> {
  return {
    max_hw_sectors: maxHwSectors,
    max_segments: maxSegments,
    max_segment_size: maxSegmentSize,
    seg_boundary_mask: segBoundary,
    queue_depth: queueDepth,
  }
}

/** Their count of sectors is a u64 on the wire. */
function isDiscard({ op }: BlockRequest): boolean {
  return op === 'discard' || op === 'secdiscard'
}

/** What a resume gave back. Of the outcome itself, which knows grants and states, nothing is kept. */
export function recoveredJson({ limits, ended, requeued, bios, uncovered, lost, lostBios }: Recovered): RecoveredJson {
  return {
    limits: limitsJson(limits),
    ended: [...ended],
    requeued: [...requeued],
    bios: bios.map(({ bio, split, op, sector, nrSectors, requests }) => ({
      bio,
      split,
      op,
      sector_number: String(sector),
      nr_sectors: nrSectors,
      requests: requests.length,
    })),
    uncovered: uncovered.map(({ bio, nrSectors }) => ({ bio, nr_sectors: nrSectors })),
    lost: [...lost],
    lostBios: [...lostBios],
  }
}

export function totalsJson({
  fatal,
  output,
  disabledAt,
  firstRefused,
  fatalAt,
  refused,
  queues,
  resumes,
  series,
  ...totals
}: GenerateTotals): JsonOf<typeof TOTALS> {
  return {
    ...(series ? { series } : {}),
    ...totals,
    ...(resumes ? { resumes: [...resumes] } : {}),
    ...(queues ? { queues: queues.map((ring) => ({ ...ring })) } : {}),
    refused: { ...refused },
    ...(output === undefined ? {} : { output }),
    ...(firstRefused === undefined ? {} : { firstRefused }),
    ...(disabledAt === undefined ? {} : { disabledAt }),
    ...(fatal ? { fatal: { ...fatal, at: fatalAt } } : {}),
  }
}
