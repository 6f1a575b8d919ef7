// How a request was cut, row by row: the values behind the picture of `generate --explain` and of a report.
import { BLKIF_MAX_SEGMENTS_PER_REQUEST, SECTOR_SIZE, SECTORS_PER_SLOT, SECTORS_PER_XEN_PAGE } from '../../codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import type { ExplainedRequest } from './explain.ts'

/** What of a request says how it was cut. */
export interface CutRequest extends Pick<ExplainedRequest, 'grants' | 'indirectGrefs' | 'pageSize' | 'slots'> {
  readonly request: Pick<ExplainedRequest['request'], 'segments'>
}

/** A row of the picture. Which of its values mean something is its `kind`'s. */
export interface CutRow {
  /**
   * `indirect-page`: the grant of a page of segments. `chunks`: one chunk of 4 KiB, or whole ones whose grants step evenly. `skipped`:
   * chunks of the Linux page that hold none of the segment, and got no grant.
   */
  kind: 'indirect-page' | 'chunks' | 'skipped'
  /** The Linux segment: the frame of its page, where it begins there, and its length, both in bytes. */
  page: number
  offset: number
  length: number
  /** It is the first row of its segment. */
  isFirst: boolean
  /** The first and the last chunk, counted from the start of the Linux page. */
  chunk: number
  lastChunk: number
  /** Of `skipped`: runs of chunks, first and last. */
  skipped: readonly (readonly [first: number, last: number])[]
  slot: number
  /** The first and the last segment, counted in their slot. */
  seg: number
  lastSeg: number
  gref: number
  lastGref: number
  gfn: number
  lastGfn: number
  /** From the frame of one chunk to that of the next. */
  frameStep: number
  first_sect: number
  last_sect: number
  /** Of the disk, counted from the request's first: where the row begins, and how many it has. */
  sector: number
  sectors: number
}

/** @returns a row to hand to `walkCut` */
export function emptyCutRow(): CutRow {
  return {
    kind: 'skipped',
    page: 0,
    offset: 0,
    length: 0,
    isFirst: false,
    chunk: 0,
    lastChunk: 0,
    skipped: [],
    slot: 0,
    seg: 0,
    lastSeg: 0,
    gref: 0,
    lastGref: 0,
    gfn: 0,
    lastGfn: 0,
    frameStep: 0,
    first_sect: 0,
    last_sect: 0,
    sector: 0,
    sectors: 0,
  }
}

/**
 * Goes through the rows of a request that carries data, in the order of its segments.
 * @param row is filled for each: of millions of requests no row is made twice
 */
export function walkCut(cut: CutRequest, row: CutRow, onRow: (row: CutRow) => void): void {
  const { request, grants, indirectGrefs, pageSize, slots } = cut
  const perPage = pageSize / XEN_PAGE_SIZE
  row.kind = 'indirect-page'
  for (const { gref, gfn } of indirectGrefs) {
    row.gref = row.lastGref = gref
    row.gfn = row.lastGfn = gfn
    row.frameStep = 0
    onRow(row)
  }
  row.sector = row.sectors = 0
  let k = 0
  for (const [page, offset, length] of request.segments) {
    const first = Math.floor(offset / XEN_PAGE_SIZE)
    const chunks = length === 0 ? 0 : Math.floor((offset + length - 1) / XEN_PAGE_SIZE) + 1 - first
    const end = Math.min(k + chunks, grants.length)
    row.page = page
    row.offset = offset
    row.length = length
    // The segment's own numbers stand once, on its first row.
    row.isFirst = true
    row.kind = 'chunks'
    for (let from = k; from < end; ) {
      const to = runEnd(grants, from, end, perPage)
      const last = to - 1
      const { slot, gref, gfn, first_sect, last_sect } = grants[from]!
      const before = slots.length > 1 && slot !== slots[0] ? BLKIF_MAX_SEGMENTS_PER_REQUEST : 0
      const isSecondHalf = from > 0 && grants[from - 1]!.slot !== slot
      row.sector = isSecondHalf ? SECTORS_PER_SLOT : row.sector + row.sectors
      row.chunk = from + first - k
      row.lastChunk = last + first - k
      row.slot = slot
      row.seg = from - before
      row.lastSeg = last - before
      row.gref = gref
      row.lastGref = grants[last]!.gref
      row.gfn = gfn
      row.lastGfn = grants[last]!.gfn
      row.frameStep = from === last ? 0 : grants[from + 1]!.gfn - gfn
      row.first_sect = first_sect
      row.last_sect = last_sect
      // Of a row of several all are whole.
      row.sectors = from === last ? sectorsOf(row.lastChunk, offset, length) : (to - from) * SECTORS_PER_XEN_PAGE
      onRow(row)
      row.isFirst = false
      from = to
    }
    k += chunks
    const skips = chunks < perPage && (perPage > 1 || chunks === 0)
    if (!skips) continue
    row.kind = 'skipped'
    row.skipped = skippedRuns(first, chunks, perPage)
    onRow(row)
  }
}

/** Sectors of the piece of a segment that lies in a chunk of its page. */
function sectorsOf(chunk: number, offset: number, length: number): number {
  const from = Math.max(offset, chunk * XEN_PAGE_SIZE)
  const to = Math.min(offset + length, (chunk + 1) * XEN_PAGE_SIZE)
  return Math.floor((to - from) / SECTOR_SIZE)
}

type Grants = ExplainedRequest['grants']

/**
 * Whole chunks one behind the other, whose grants step evenly, are one row.
 * @param perPage frames of a Linux page: the driver's own pages hold one chunk each
 * @returns the end of the row that begins at `from`
 */
function runEnd(grants: Grants, from: number, end: number, perPage: number): number {
  let to = from + 1
  let [step, frames] = [0, 0]
  for (; to < end; to++) {
    const [last, next] = [grants[to - 1]!, grants[to]!]
    if (!isWhole(last) || !isWhole(next) || last.slot !== next.slot) break
    const [ownStep, ownFrames] = [next.gref - last.gref, next.gfn - last.gfn]
    const isEven =
      to === from + 1
        ? Math.abs(ownStep) === 1 && (Math.abs(ownFrames) === 1 || Math.abs(ownFrames) === perPage)
        : ownStep === step && ownFrames === frames
    if (!isEven) break
    step = ownStep
    frames = ownFrames
  }
  return to
}

function isWhole({ first_sect, last_sect }: Grants[number]): boolean {
  return first_sect === 0 && last_sect === SECTORS_PER_XEN_PAGE - 1
}

/** Chunks of a page that a segment does not touch. */
function skippedRuns(first: number, chunks: number, perPage: number): (readonly [number, number])[] {
  const runs: (readonly [number, number])[] =
    chunks === 0
      ? [[0, perPage - 1]]
      : [
          [0, first - 1],
          [first + chunks, perPage - 1],
        ]
  return runs.filter(([from, to]) => from <= to)
}

/** The rows as values of their own. */
export function cutRows(cut: CutRequest): CutRow[] {
  const rows: CutRow[] = []
  walkCut(cut, emptyCutRow(), (row) => rows.push({ ...row }))
  return rows
}

/** Sectors that a request over two slots skips: Linux takes a full first half for granted. */
export function splitSkips({ plan, grants, slots }: ExplainedRequest): number {
  if (plan?.shape !== 'two-slots') return 0
  const first = grants.filter((g) => g.slot === slots[0])
  return SECTORS_PER_SLOT - first.reduce((sum, g) => sum + g.last_sect - g.first_sect + 1, 0)
}
