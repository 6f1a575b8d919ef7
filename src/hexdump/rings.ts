// The dumps of a text to rings and their indirect pages.
import { fewestPages } from '../codec/recognise/fewest-pages.ts'
import { beginsRing } from '../codec/recognise/header.ts'
import type { Finding } from '../codec/ring/finding.ts'
import { MAX_RING_PAGES, ringGeometry } from '../codec/ring/geometry.ts'
import { type ByteSpan, missingOf } from '../codec/ring/missing.ts'
import { distance } from '../codec/ring/ring-idx.ts'
import { x86_64 } from '../codec/struct/abi.ts'
import { count } from '../codec/struct/count.ts'
import { decode } from '../codec/struct/decode.ts'
import { sringHeader, XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { Mistake } from './block.ts'
import {
  type GivenPage,
  joined,
  missingIn,
  type NamedPage,
  namedPages,
  ringPages,
  segmentsFit,
  soundSegments,
} from './classify-pages.ts'
import { pageAddress, pageLeftOut, pagesOf, type TextPage } from './fit.ts'
import { onePerMoment } from './one-moment.ts'
import { parseHexText, type TextDump } from './parse.ts'
import type { Run } from './run.ts'

/** A ring that was found in a text, with the indirect pages that the text gives. */
export interface TextRing {
  /** Pages of the ring, end to end; what the text does not give is 0. */
  readonly bytes: Uint8Array
  /** What the text does not give of them. */
  readonly missing: readonly ByteSpan[]
  /** By their references; of one that the text does not give whole, what comes before its first hole, and none where that is nothing. */
  readonly indirectPages: ReadonlyMap<number, Uint8Array>
  /** The queue that the text names before it. */
  readonly queue: number | undefined
  /** Where the ring lies by the addresses of the text; undefined where it has none, or counts from 0. */
  readonly address: bigint | undefined
  /** The lines of it and of the pages with it: the first of each dump, and the last. */
  readonly lines: readonly (readonly [number, number])[]
  /** What the text is in, and the lines of the ring: `xxd, lines 2 to 257`. */
  readonly origin: string
  /** Mistakes with line and column, bytes that are not in the text, pages that were told apart by guessing. */
  readonly findings: readonly Finding[]
}

/** Fewer bytes than the head of a ring has are of something else. */
const MIN_BYTES = 64
/** A text with a fault in every line shall not print a book. */
const MAX_FINDINGS = 20

/**
 * The rings of a text. `# ring` begins a ring and `# indirect GREF...` names the pages that follow; so does the name of a file
 * of a dump folder in a line before them. Other pages are told by what they hold.
 * @param pages of one ring; undefined tells by how its slots read
 * @returns no ring where the text has no dump
 */
export function readTextRings(text: string, pages: number | undefined): TextRing[] {
  const { dumps: all, mistakes, isSession } = parseHexText(text)
  const dumps = onePerMoment(all, isSession)
  if (!dumps.some(({ run }) => knownIn(run) >= MIN_BYTES) && !isSparse(dumps)) return []
  const groups = grouped(dumps, pages)
  const shared = new Map(groups.flatMap(({ labelled }) => [...labelled].reverse()))
  const inOrder = [...mistakes].sort((a, b) => a.line - b.line)
  let at = 0
  return groups.map((group, i) => {
    const until = groups[i + 1]?.line ?? Number.POSITIVE_INFINITY
    const from = at
    while (at < inOrder.length && inOrder[at]!.line < until) at++
    return ringOf(group, pages, shared, inOrder.slice(from, at))
  })
}

/** Whether a few lines are what is left of a ring when those of zeros are left out: its header, and something else. */
function isSparse(dumps: readonly TextDump[]): boolean {
  const known = dumps.reduce((sum, { run }) => sum + knownIn(run), 0)
  return known >= MIN_BYTES / 2 && dumps.some(({ run }) => beginsRing(pagesOf(run)[0]!.bytes))
}

/** Pages from the beginning of a ring to the next. */
interface Group {
  readonly line: number
  readonly queue: number | undefined
  readonly pages: TextPage[]
  /** How many of them lie behind each other by their addresses, from the first on. */
  together: number
  readonly labelled: Map<number, TextPage>
}

function grouped(dumps: readonly TextDump[], size: number | undefined): Group[] {
  const groups: Group[] = []
  const early = new Map<number, TextPage>()
  /** Segments before the first ring: of pages by their addresses, that one may lie behind. */
  const before: TextPage[] = []
  const ringBegins = dumps.findLastIndex(
    ({ run, label }) => label?.kind === 'ring' || (!label && beginsRing(pagesOf(run)[0]!.bytes)),
  )
  const begin = (line: number, queue: number | undefined) =>
    groups.push({ line, queue, pages: [], together: 0, labelled: new Map() })
  for (const [d, { run, label }] of dumps.entries()) {
    const pages = pagesOf(run)
    const grefs = label?.kind === 'indirect' ? label.grefs : []
    if (label?.kind === 'ring') begin(run.firstLine, label.queue)
    const last = groups.at(-1)
    if (label === undefined && last && goesOn(last, run, size)) continue
    for (const [i, page] of pages.entries()) {
      const gref = grefs[i]
      if (gref !== undefined) (groups.at(-1)?.labelled ?? early).set(gref, page)
      else if (groups.length === 0 && d < ringBegins && !beginsRing(page.bytes) && segmentsFit(page.bytes, 1)) before.push(page)
      else {
        const series = size !== undefined && i > 0 && i % size === 0
        if (
          groups.length === 0 ||
          series ||
          (label === undefined && page.first && beginsRing(page.bytes) && groups.at(-1)!.pages.length > 0)
        )
          begin(run.firstLine, undefined)
        const group = groups.at(-1)!
        if (group.pages[0] === undefined || group.pages[0].run === run) group.together++
        group.pages.push(page)
      }
    }
  }
  for (const [gref, page] of early) groups[0]?.labelled.set(gref, page)
  groups.find(({ pages }) => pages.length > 0)?.pages.push(...before)
  return groups.filter(({ pages }) => pages.length > 0)
}

/**
 * Puts the pages of a run to a ring's where its addresses say that it is a part of it: of a dump that leaves out lines, or pages,
 * of zeros.
 * @param size pages of the ring; where they are not known, pages of segments are none of it
 */
function goesOn(group: Group, run: Run, size: number | undefined): boolean {
  const [first] = group.pages
  const base = first && pageAddress(first.run)
  if (base === undefined || run.address === undefined || group.together !== group.pages.length) return false
  const ahead = run.address - base
  if (ahead < BigInt(group.pages.length * XEN_PAGE_SIZE) || ahead >= BigInt((size ?? MAX_RING_PAGES) * XEN_PAGE_SIZE)) return false
  const [page, before] = [Math.floor(Number(ahead) / XEN_PAGE_SIZE), Number(ahead) % XEN_PAGE_SIZE]
  const pages = pagesOf(run, before)
  if (size === undefined && (beginsRing(pages[0]!.bytes) || (before === 0 && segmentsFit(pages[0]!.bytes, 1)))) return false
  while (group.pages.length < page) group.pages.push(pageLeftOut(run))
  group.pages.push(...pages)
  group.together = group.pages.length
  return true
}

/** Of a ring that the text breaks off, or leaves lines out of, as many pages as it takes, if its producers are there. */
function pagesWithCut(pages: readonly TextPage[], count: number): number {
  const [first, last] = [pages[0]!, pages[count - 1]]
  const isCut = pages.length <= count && (!last || pages.some(({ holes }) => holes.length > 0))
  const { producers: unknown } = missingOf(ringGeometry(x86_64, 1), first.holes)
  return isCut && !unknown ? fewestPages(joined(pages.map(({ bytes }) => bytes)), count, missingIn(pages)) : count
}

/**
 * A text that leaves lines out, between others, may leave out the last pages of a ring as well, and nothing in it says so: undefined
 * where all of its lines are there and its indices can be, or where it is on its first lap, so that the slots of more pages are unused.
 */
function mayBeLonger(bytes: Uint8Array, missing: readonly ByteSpan[], isDamaged: boolean): Finding | undefined {
  const { nr_ents, pages } = ringGeometry(x86_64, bytes.length / XEN_PAGE_SIZE)
  const { producers: unknown } = missingOf(ringGeometry(x86_64, pages), missing)
  if (unknown || pages === MAX_RING_PAGES) return undefined
  const { req_prod, rsp_prod } = decode(sringHeader, x86_64, bytes)
  const outstanding = distance(rsp_prod, req_prod)
  const isShort = outstanding > nr_ents && outstanding <= ringGeometry(x86_64, MAX_RING_PAGES).nr_ents
  // Behind the slots of a page lie zeros: a text that has those leaves none out.
  const leavesOut = !isDamaged && missing.length > 1 && missing.at(-1)!.to === bytes.length
  if (!isShort && (!leavesOut || req_prod <= nr_ents)) return undefined
  const why = isShort
    ? `${outstanding} requests are outstanding, and ${count(pages, 'page has', 'pages have')} ${nr_ents} slots`
    : 'lines are left out of the text'
  return {
    code: 'text-bytes-missing',
    message: `${why}: pages behind ${pages === 1 ? 'the one' : `the ${pages}`} that ${pages === 1 ? 'is' : 'are'} read here may be missing; --pages says how many there are`,
  }
}

function ringOf(
  group: Group,
  size: number | undefined,
  shared: ReadonlyMap<number, TextPage>,
  mistakes: readonly Mistake[],
): TextRing {
  const wanted = size ?? pagesWithCut(group.pages, ringPages(group.pages, group.together))
  const ring = group.pages.slice(0, wanted)
  // Pages that the text does not have are as much part of the ring as bytes.
  const given = [...ring, ...Array.from({ length: wanted - ring.length }, () => NO_PAGE)]
  const bytes = joined(given.map((page) => page.bytes))
  const missing = missingIn(given)
  const { told, findings } = tellApart(group.pages.slice(wanted), bytes, missing, group.labelled)
  const longer = size === undefined ? mayBeLonger(bytes, missing, mistakes.length > 0) : undefined
  return {
    bytes,
    missing,
    indirectPages: new Map([...shared, ...told, ...group.labelled].flatMap(givenOf)),
    queue: group.queue,
    address: pageAddress(ring[0]!.run) || undefined,
    lines: [...new Set([...group.pages, ...group.labelled.values()].map(({ run }) => run))].flatMap((run) => [
      [run.firstLine, run.lastLine] as const,
      ...run.also,
    ]),
    origin: `${ring[0]!.run.format}, ${linesOf(ring)}`,
    findings: [
      ...few(mistakes.map(mistakeFinding)),
      ...few(ring.flatMap((page, i) => holeFindings(page, 'of the ring', i * XEN_PAGE_SIZE))),
      ...(given.length > ring.length ? [pagesMissing(ring.length, given.length)] : []),
      ...(longer ? [longer] : []),
      ...few([...told, ...group.labelled].flatMap(([gref, page]) => holeFindings(page, `of the page of gref ${gref}`))),
      ...few(findings),
    ],
  }
}

/**
 * Gives pages that nothing names to references that requests name: in their order if there is a page for each, else where a
 * page fits one alone.
 */
function tellApart(
  pages: readonly TextPage[],
  ring: Uint8Array,
  missing: readonly ByteSpan[],
  labelled: ReadonlyMap<number, TextPage>,
) {
  const wanted = pages.length === 0 ? [] : namedPages(ring, missing).filter(({ gref }) => !labelled.has(gref))
  const sound = pages.map(({ bytes }) => soundSegments(bytes))
  const fitting = pages.map((_, i) => fittingPages(wanted, sound[i]!))
  const inOrder = wanted.length === pages.length && wanted.every(({ segments }, i) => segments <= sound[i]!)
  const told = new Map<number, TextPage>()
  const findings = pages.map((page, i): Finding => {
    const { count, first } = inOrder ? { count: 1, first: wanted[i] } : fitting[i]!
    const lines = linesOf([page])
    const gref = first?.gref ?? 0
    if (count === 1 && !told.has(gref)) {
      told.set(gref, page)
      const why = inOrder ? 'as requests name them in this order' : 'the only one that it fits'
      const message = `${lines}: taken for the page of gref ${gref}, ${why}; "# indirect ${gref}" before it makes that certain`
      return { code: 'text-page-guessed', message }
    }
    const what = count === 0 ? 'that fits no request' : `that fits ${count} references of requests`
    const message = `${lines}: a page that is not the ring's, ${what}; "# indirect GREF" or "# ring" before it says what it is`
    return { code: 'text-page-unused', message }
  })
  return { told, findings }
}

/** The references whose segments a page may hold: how many, and the first. @param sound segments at its beginning that can be */
function fittingPages(
  wanted: readonly NamedPage[],
  sound: number,
): { readonly count: number; readonly first: NamedPage | undefined } {
  let [count, first]: [number, NamedPage | undefined] = [0, undefined]
  for (const page of wanted) {
    if (page.segments > sound) continue
    count++
    first ??= page
  }
  return { count, first }
}

function mistakeFinding({ line, column, message }: Mistake): Finding {
  return { code: 'text-mistake', message: `line ${line}, column ${column}: ${message}` }
}

const NO_PAGE: GivenPage = { bytes: new Uint8Array(XEN_PAGE_SIZE), holes: [{ from: 0, to: XEN_PAGE_SIZE }] }

function pagesMissing(given: number, wanted: number): Finding {
  const message = `${given} of the ${wanted} pages of the ring are in the text`
  return { code: 'text-bytes-missing', message, offset: given * XEN_PAGE_SIZE }
}

/** Segments behind a hole are none: the page is too short for them. Of one that begins with a hole nothing is at hand. */
function givenOf([gref, { bytes, holes }]: readonly [number, TextPage]): [number, Uint8Array][] {
  const end = holes[0]?.from ?? bytes.length
  return end === 0 ? [] : [[gref, bytes.subarray(0, end)]]
}

/** @param base where the page lies in the ring; undefined for a page of its own */
function holeFindings({ holes, run }: TextPage, what: string, base?: number): Finding[] {
  return holes.map(({ from, to }) => {
    const [first, last] = [from + (base ?? 0), to - 1 + (base ?? 0)].map((n) => `0x${n.toString(16)}`)
    const bytes = first === last ? `byte ${first} ${what} is` : `bytes ${first} to ${last} ${what} are`
    const message = `${bytes} not in the text (${linesOf([{ run }])})`
    return { code: 'text-bytes-missing', message, ...(base === undefined ? {} : { offset: base + from }) }
  })
}

function linesOf(pages: readonly Pick<TextPage, 'run'>[]): string {
  const first = Math.min(...pages.map(({ run }) => run.firstLine))
  const last = Math.max(...pages.map(({ run }) => run.lastLine))
  return first === last ? `line ${first}` : `lines ${first} to ${last}`
}

function few(findings: Finding[]): Finding[] {
  if (findings.length <= MAX_FINDINGS) return findings
  const more = findings.length - MAX_FINDINGS
  const { code } = findings[0]!
  return [...findings.slice(0, MAX_FINDINGS), { code, message: `and ${more} more of this kind` }]
}

function knownIn({ known }: Run): number {
  return known.reduce((sum, byte) => sum + byte, 0)
}
