// What `generate` says of a run: a line or two, or JSON.
import type { QueueLimits, StepOutcome } from '../../blkfront/index.ts'
import type { JsonOf } from '../../print/shape.ts'
import type { Style } from '../../print/style.ts'
import { count } from '../../print/text.ts'
import type { Refusals } from '../../scenario/player/index.ts'
import type { LIMITS, RESUMED, TOTALS } from './shape.ts'

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
