// How the Linux pages of requests were cut into grants, for a report: of a scenario it is known, of two slots of one request it may follow.
import type { Ring } from '../codec/ring/ring.ts'
import { type SplitPair, splitPair } from '../codec/ring/split-pair.ts'
import { SECTOR_SIZE } from '../codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { requestWords } from '../print/slot-words.ts'
import { count } from '../print/text.ts'
import { ioOfRing, joinHalves, LARGEST_PAGE, tellOfPairs } from '../scenario/from-ring/index.ts'
import { type CutRequest, type CutRow, cutRows, splitSkips } from '../scenario/player/cut.ts'
import type { ExplainedRequest } from '../scenario/player/explain.ts'

/** The pictures of one ring. */
export interface ReportCuts {
  /** What a Linux page is, and how that is known. */
  readonly known: string
  readonly cuts: readonly ReportCut[]
  /** Requests that have no picture here. */
  readonly more: number
}

export interface ReportCut {
  /** The slots that carry the request: one or two. */
  readonly slots: readonly number[]
  readonly title: string
  /** Why it is laid out as it is, one sentence each. */
  readonly how: readonly string[]
  /** What the chunks are counted from. */
  readonly from: 'page' | 'first chunk'
  /** Columns of the picture: the chunks of a Linux page. */
  readonly perPage: number
  readonly pages: readonly CutPage[]
}

/** A Linux segment, which lies within one page. */
export interface CutPage {
  readonly name: string
  /** Where in the page it lies; undefined where that is not known. */
  readonly place: string | undefined
  /** In the order of their chunks; what they leave out is not known. */
  readonly cells: readonly CutCell[]
}

/** Chunks one behind the other. */
export interface CutCell {
  readonly chunk: number
  readonly lastChunk: number
  /** Undefined where they hold nothing, and have no grant. */
  readonly grants?: {
    readonly slot: number
    readonly seg: string
    readonly gref: string
    /** Of the first chunk, and of the last. */
    readonly first_sect: number
    readonly last_sect: number
    /** On the disk; undefined where there is not one whole. */
    readonly sectors: string | undefined
  }
}

/** Requests that have a picture, of one ring. */
const MAX_CUTS = 64
/** Chunks of the largest page. */
const MAX_CHUNKS = LARGEST_PAGE / XEN_PAGE_SIZE

/** Of requests that an emulated driver made: undefined where its pages are of 4 KiB, which are one grant each. */
export function cutsOfScenario(requests: readonly ExplainedRequest[], source: string): ReportCuts | undefined {
  const cut = requests.filter(({ plan, pageSize, grants }) => plan && pageSize > XEN_PAGE_SIZE && grants.length > 0)
  const [first] = cut
  if (!first) return undefined
  const { pageSize, bounce } = first
  const copied = bounce
    ? ` The driver copies data: each grant is of a ${pageSize / 1024} KiB page of its own, and what is drawn is the page that it copies.`
    : ''
  return {
    known: `${pagesText(pageSize)} That is known from the scenario: ${source}, played again, leaves this ring byte for byte.${copied}`,
    cuts: cut.slice(0, MAX_CUTS).map(cutOfExplained),
    more: Math.max(0, cut.length - MAX_CUTS),
  }
}

/**
 * Of the requests in flight that two slots carry. Undefined where there are none, or none that a guest of 64 KiB pages sent; without a
 * picture where a guest of 4 KiB pages may have sent them as well.
 */
export function cutsOfRing(ring: Ring, bytes: Uint8Array, mayHaveLargePages: boolean): ReportCuts | undefined {
  const whole = joinHalves(ioOfRing(ring, bytes).io)
  const told = tellOfPairs(whole, ring, mayHaveLargePages)
  if (!told) return undefined
  const found = whole.flatMap(({ slots: [first, second] }): ReportCut[] => {
    const pair = second !== undefined && splitPairIn(ring, first!, second)
    return pair ? [cutOfPair(pair, [first!, second])] : []
  })
  const pairs = count(found.length, 'pair')
  if (told === 'either')
    return {
      known: `How pages were cut is not known: ${pairs} of slots ${found.length === 1 ? 'is' : 'are'} either one page of 64 KiB over two slots, or two requests of a guest with pages of 4 KiB, whose driver cuts what is longer than 11 segments. Nothing in the input says which.`,
      cuts: [],
      more: 0,
    }
  return {
    known: `${pagesText(LARGEST_PAGE)} That is inferred, not known: nothing in the input says the size of the guest's pages, but of ${pairs} of slots that ${found.length === 1 ? 'reads' : 'read'} as one page, halves begin 88 sectors behind a first that covers fewer, as Linux sends them with pages of 64 KiB and without indirect requests. Two requests that lie so by chance look the same. Of other requests the segments do not tell how pages were cut.`,
    cuts: found.slice(0, MAX_CUTS),
    more: Math.max(0, found.length - MAX_CUTS),
  }
}

function splitPairIn({ slots }: Ring, first: number, second: number): SplitPair | undefined {
  const [a, b] = [slots[first], slots[second]]
  return a?.state === 'request' && b?.state === 'request' ? splitPair(a.request, b.request) : undefined
}

function pagesText(pageSize: number): string {
  return `Linux pages of ${pageSize / 1024} KiB are cut into ${pageSize / XEN_PAGE_SIZE} chunks of 4 KiB, each with a grant of its own; chunks that hold nothing get none.`
}

function cutOfExplained(explained: ExplainedRequest): ReportCut {
  const { request, plan, slots, indirectGrefs, pageSize } = explained
  const { op, fua, nrSectors, sector } = request
  const skips = splitSkips(explained)
  return {
    slots,
    title: `${op}${fua ? ' FUA' : ''} of ${count(nrSectors, 'sector')} at ${sector}`,
    how: [
      `${plan!.shape}: ${count(request.segments.length, 'Linux segment')}; ${plan!.reason}`,
      ...(indirectGrefs.length > 0
        ? [
            `${count(indirectGrefs.length, 'indirect page')}: ${indirectGrefs.length === 1 ? 'gref' : 'grefs'} ${indirectGrefs.map(({ gref }) => gref).join(', ')}`,
          ]
        : []),
      ...skipsText(skips),
    ],
    from: 'page',
    perPage: pageSize / XEN_PAGE_SIZE,
    pages: pagesOf(explained, sector, ({ page }) => `0x${page.toString(16)}`),
  }
}

function skipsText(skips: number): string[] {
  return skips === 0 ? [] : [`The second slot begins at first + 88: ${count(skips, 'sector')} skipped, a bug of Linux.`]
}

/** Its grants step as the chunks do: which frames they are of, nothing says. */
function cutOfPair({ first, second, skipped }: SplitPair, slots: readonly [number, number]): ReportCut {
  const halves = [first, second].flatMap(({ segments }, half) => segments.map((segment) => ({ ...segment, slot: slots[half]! })))
  const offset = halves[0]!.first_sect * SECTOR_SIZE
  const cut: CutRequest = {
    request: { segments: [[0, offset, (first.nr_sectors + second.nr_sectors) * SECTOR_SIZE]] },
    slots,
    pageSize: LARGEST_PAGE,
    grants: halves.map((segment, i) => ({ ...segment, gfn: i })),
    indirectGrefs: [],
  }
  const room = MAX_CHUNKS - halves.length
  return {
    slots,
    title: `${requestWords(first)}, and ${count(second.nr_sectors, 'sector')} at ${second.sector_number}`,
    how: [
      `two-slots, as it seems: ${halves.length} chunks of one page; ${room === 0 ? 'they fill it, so that each chunk is known' : `the first is one of its chunks 0 to ${room}`}`,
      ...skipsText(skipped),
    ],
    from: room === 0 ? 'page' : 'first chunk',
    perPage: MAX_CHUNKS,
    pages: pagesOf(cut, first.sector_number, () => 'one page').map(({ cells, ...page }) => ({
      ...page,
      place: undefined,
      cells: cells.filter(({ grants }) => grants),
    })),
  }
}

function pagesOf(cut: CutRequest, sector: bigint, nameOf: (row: CutRow) => string): CutPage[] {
  const pages: { name: string; place: string; cells: CutCell[] }[] = []
  for (const row of cutRows(cut)) {
    if (row.kind === 'indirect-page') continue
    if (row.isFirst) pages.push({ name: nameOf(row), place: `${row.length} bytes at ${row.offset}`, cells: [] })
    const { cells } = pages.at(-1)!
    if (row.kind === 'skipped') cells.push(...row.skipped.map(([chunk, lastChunk]) => ({ chunk, lastChunk })))
    else cells.push(cellOf(row, sector))
  }
  for (const { cells } of pages) cells.sort((a, b) => a.chunk - b.chunk)
  return pages
}

function cellOf(row: CutRow, sector: bigint): CutCell {
  const { chunk, lastChunk, slot, first_sect, last_sect, sectors } = row
  const start = BigInt.asUintN(64, sector + BigInt(row.sector))
  return {
    chunk,
    lastChunk,
    grants: {
      slot,
      seg: rangeText(row.seg, row.lastSeg),
      gref: rangeText(row.gref, row.lastGref),
      first_sect,
      last_sect,
      sectors: sectors === 0 ? undefined : rangeText(start, start + BigInt(sectors - 1)),
    },
  }
}

function rangeText(first: number | bigint, last: number | bigint): string {
  return first === last ? String(first) : `${first}-${last}`
}
