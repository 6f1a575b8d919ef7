// `generate --explain`: the table of a request's chunks and their grants. A trace has millions of rows, so that they are written digit by
// digit, with columns as wide as those of the table before, and again where this one's widths are others.
import { BLKIF_MAX_SEGMENTS_PER_REQUEST, SECTOR_SIZE, SECTORS_PER_SLOT, SECTORS_PER_XEN_PAGE } from '../../codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import type { ByteSink } from '../../print/byte-sink.ts'
import { hexDigitsOf, putHexNumber, putU32, putU64, u32DigitsOf } from '../../print/digits.ts'
import { folded } from '../../print/fold.ts'
import type { Sheet } from '../../print/style.ts'
import { type Column, tableOf } from '../../print/table.ts'
import { hexNumber } from '../../print/text.ts'
import type { ExplainedRequest } from '../../scenario/player/index.ts'

const COLUMNS: readonly Column[] = [
  { title: 'Linux page', align: 'left' },
  { title: 'offset', align: 'right' },
  { title: 'length', align: 'right' },
  { title: 'chunk', align: 'right' },
  { title: 'seg', align: 'right' },
  { title: 'gref', align: 'left' },
  { title: 'gfn', align: 'left' },
  { title: 'first..last', align: 'left' },
  { title: 'disk sectors', align: 'left' },
]
const IS_RIGHT = COLUMNS.map(({ align }) => align === 'right')
const TITLE_WIDTHS = COLUMNS.map(({ title }) => title.length)
const [PAGE, OFFSET, LENGTH, CHUNK, SEG, GREF, GFN, SECTS, SECTORS] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const

const INDIRECT_PAGE = 'indirect page'
const NO_GRANT = 'none: empty, no grant'
const NO_SECTOR = 'none: less than a sector'

/** Column at which a folded line goes on. */
export const CONTINUES_AT = 4

const INDENT = 2
const GAP = 2
/** More than a row takes up. */
const ROW = 320
const EIGHT_SPACES = new Float64Array(new Uint8Array(8).fill(0x20).buffer)[0]!
const NEWLINE = 0x0a
const DASH = 0x2d
const DOT = 0x2e
const TWO_32 = 2 ** 32

export class ChunkTable {
  readonly #sink: ByteSink
  readonly #sheet: Sheet
  /** Of each column: what it was given, and what its cells take. */
  #widths: readonly number[] = TITLE_WIDTHS
  #needed: number[] = []
  /** From the start of a line. */
  readonly #places = COLUMNS.map(() => 0)
  #titles = ''
  #view: DataView
  #line = 0
  #at = 0
  /** First sector of the next chunk. */
  #low = 0
  #high = 0

  constructor(sink: ByteSink, sheet: Sheet) {
    this.#sink = sink
    this.#sheet = sheet
    this.#view = sink.view
    this.#place()
  }

  /** Of a request in the ring that carries data, an empty line before it; nothing where it has no rows. */
  write(explained: ExplainedRequest): void {
    const sink = this.#sink
    const { grants, indirectGrefs, request } = explained
    const most = grants.length + indirectGrefs.length + request.segments.length
    if (most === 0) return
    sink.reserve(ROW * (most + 2))
    const start = sink.at
    this.#view = sink.view
    let body = start
    do {
      sink.at = start
      sink.text(`\n${this.#titles}`)
      body = sink.at
      this.#needed = [...TITLE_WIDTHS]
      this.#rows(explained)
    } while (this.#widen())
    if (sink.at === body) sink.at = start
    else this.#fold(start, body)
  }

  /** @returns whether the columns were not as wide as their widest cells, and are now */
  #widen(): boolean {
    if (this.#needed.every((needed, i) => needed === this.#widths[i])) return false
    this.#widths = this.#needed
    this.#place()
    return true
  }

  #place(): void {
    let at = INDENT
    for (const [i, width] of this.#widths.entries()) {
      this.#places[i] = at
      at += width + GAP
    }
    const titles = COLUMNS.map(({ title, align }, i) =>
      align === 'right' ? title.padStart(this.#widths[i]!) : title.padEnd(this.#widths[i]!),
    )
    this.#titles = `${' '.repeat(INDENT)}${titles.join(' '.repeat(GAP)).trimEnd()}\n`
  }

  /** What has colours or goes past the width is written as other tables are. */
  #fold(start: number, body: number): void {
    const sink = this.#sink
    const { style, width } = this.#sheet
    const places = this.#places
    if (style.dim(' ') === ' ' && places.at(-1)! + this.#widths.at(-1)! <= width) return
    const lines = new TextDecoder().decode(sink.bytes.subarray(body, sink.at)).trimEnd().split('\n')
    const rows = lines.map((line) => {
      const texts = COLUMNS.map((_, i) => line.slice(places[i], places[i + 1]).trim())
      const paint = texts[PAGE] === INDIRECT_PAGE || texts[SECTORS] === NO_GRANT ? style.dim : undefined
      return texts.map((text) => ({ text, paint }))
    })
    sink.at = start
    const table = tableOf(COLUMNS, rows, style.dim, width - INDENT)
    const text = [...table.titles, ...table.rows.flat()].map((line) => `${' '.repeat(INDENT)}${line}\n`).join('')
    sink.text(folded(`\n${text}`, CONTINUES_AT, width))
  }

  #rows(explained: ExplainedRequest): void {
    const { request, grants, indirectGrefs, pageSize } = explained
    const perPage = pageSize / XEN_PAGE_SIZE
    for (const { gref, gfn } of indirectGrefs) {
      this.#begin()
      this.#text(PAGE, INDIRECT_PAGE)
      this.#number(GREF, gref)
      this.#frames(gfn, gfn, 0)
      this.#end()
    }
    this.#setSector(request.sector)
    let k = 0
    for (const [page, offset, length] of request.segments) {
      const first = Math.floor(offset / XEN_PAGE_SIZE)
      const chunks = length === 0 ? 0 : Math.floor((offset + length - 1) / XEN_PAGE_SIZE) + 1 - first
      const end = Math.min(k + chunks, grants.length)
      // The segment's own numbers stand once, on its first row.
      let isFirst = true
      for (let from = k; from < end; ) {
        const to = runEnd(grants, from, end, perPage)
        this.#begin()
        if (isFirst) this.#head(page, offset, length)
        isFirst = false
        this.#run(explained, from, to, first - k, offset, length)
        this.#end()
        from = to
      }
      k += chunks
      const skips = chunks < perPage && (perPage > 1 || chunks === 0)
      if (!skips) continue
      this.#begin()
      if (isFirst) this.#head(page, offset, length)
      this.#text(CHUNK, skipped(first, chunks, perPage))
      this.#text(SECTORS, NO_GRANT)
      this.#end()
    }
  }

  #head(page: number, offset: number, length: number): void {
    this.#at = putHexNumber(this.#view, this.#to(PAGE, hexDigitsOf(page) + 2), page)
    this.#number(OFFSET, offset)
    this.#number(LENGTH, length)
  }

  /** Chunks [from, to) of a request. @param shift from their numbers to those in the page */
  #run(
    { request, grants, slots }: ExplainedRequest,
    from: number,
    to: number,
    shift: number,
    offset: number,
    length: number,
  ): void {
    const view = this.#view
    const last = to - 1
    const { slot, gref, gfn, first_sect, last_sect } = grants[from]!
    this.#range(CHUNK, from + shift, last + shift)
    if (slots.length > 1) {
      const before = slot === slots[0] ? 0 : BLKIF_MAX_SEGMENTS_PER_REQUEST
      this.#text(SEG, `slot ${slot} ${from === last ? from - before : `${from - before}-${last - before}`}`)
      if (from > 0 && grants[from - 1]!.slot !== slot) this.#setSector(request.sector + BigInt(SECTORS_PER_SLOT))
    } else this.#range(SEG, from, last)
    this.#range(GREF, gref, grants[last]!.gref)
    this.#frames(gfn, grants[last]!.gfn, from === last ? 0 : grants[from + 1]!.gfn - gfn)
    const sects = this.#to(SECTS, u32DigitsOf(first_sect) + 2 + u32DigitsOf(last_sect))
    this.#at = this.#dots(putU32(view, sects, first_sect))
    this.#at = putU32(view, this.#at, last_sect)
    // Of a row of several all are whole.
    const sectors = from === last ? sectorsOf(last + shift, offset, length) : (to - from) * SECTORS_PER_XEN_PAGE
    if (sectors === 0) this.#text(SECTORS, NO_SECTOR)
    else this.#sectors(sectors)
  }

  #sectors(count: number): void {
    const start = this.#to(SECTORS, 0)
    const at = this.#dots(putU64(this.#view, start, this.#low, this.#high))
    this.#advance(count - 1)
    this.#at = putU64(this.#view, at, this.#low, this.#high)
    this.#advance(1)
    this.#needed[SECTORS] = Math.max(this.#needed[SECTORS]!, this.#at - start)
  }

  #setSector(sector: bigint): void {
    this.#low = Number(BigInt.asUintN(32, sector))
    this.#high = Number(BigInt.asUintN(32, sector >> 32n))
  }

  #advance(sectors: number): void {
    this.#low += sectors
    if (this.#low < TWO_32) return
    this.#low -= TWO_32
    this.#high = (this.#high + 1) >>> 0
  }

  /** `0x141f-0x141d`, `0x141e0-0x14100 by -0x10`. */
  #frames(first: number, last: number, step: number): void {
    const by = Math.abs(step) > 1 ? ` by ${step < 0 ? '-' : ''}${hexNumber(Math.abs(step))}` : ''
    const more = first === last ? 0 : 3 + hexDigitsOf(last)
    this.#at = putHexNumber(this.#view, this.#to(GFN, 2 + hexDigitsOf(first) + more + by.length), first)
    if (more > 0) {
      this.#view.setUint8(this.#at, DASH)
      this.#at = putHexNumber(this.#view, this.#at + 1, last)
    }
    this.#put(by)
  }

  /** `3`, `3-5`. */
  #range(column: number, first: number, last: number): void {
    if (first === last) {
      this.#number(column, first)
      return
    }
    this.#at = putU32(this.#view, this.#to(column, u32DigitsOf(first) + 1 + u32DigitsOf(last)), first)
    this.#view.setUint8(this.#at, DASH)
    this.#at = putU32(this.#view, this.#at + 1, last)
  }

  #number(column: number, n: number): void {
    this.#at = putU32(this.#view, this.#to(column, u32DigitsOf(n)), n)
  }

  #text(column: number, text: string): void {
    this.#at = this.#to(column, text.length)
    this.#put(text)
  }

  #put(text: string): void {
    for (let i = 0; i < text.length; i++) this.#view.setUint8(this.#at++, text.charCodeAt(i))
  }

  #dots(at: number): number {
    this.#view.setUint8(at, DOT)
    this.#view.setUint8(at + 1, DOT)
    return at + 2
  }

  #begin(): void {
    this.#line = this.#sink.at
    this.#at = this.#line
  }

  #end(): void {
    this.#view.setUint8(this.#at, NEWLINE)
    this.#sink.at = this.#at + 1
  }

  /** Spaces up to a cell of so many bytes. @returns where it begins */
  #to(column: number, length: number): number {
    if (length > this.#needed[column]!) this.#needed[column] = length
    const left = this.#line + this.#places[column]!
    const place = IS_RIGHT[column] ? left + this.#widths[column]! - length : left
    let at = this.#at
    // One that is too long is in the way of those behind it; the table is written again.
    if (at >= place) return at
    for (; at < place; at += 8) this.#view.setFloat64(at, EIGHT_SPACES, true)
    return place
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

/** Chunks of a page that a segment does not touch: `0-2,5`. */
function skipped(first: number, chunks: number, perPage: number): string {
  const runs = chunks === 0 ? [[0, perPage - 1]] : [[0, first - 1] as const, [first + chunks, perPage - 1] as const]
  return runs.flatMap(([from, to]) => (from! > to! ? [] : from === to ? [`${from}`] : [`${from}-${to}`])).join(',')
}
