// `generate --explain`: the table of a request's chunks and their grants. A trace has millions of rows, so that they are written digit by
// digit, with columns as wide as those of the table before, and again where this one's widths are others.
import type { ByteSink } from '../../print/byte-sink.ts'
import { hexDigitsOf, putHexNumber, putU32, putU64, u32DigitsOf } from '../../print/digits.ts'
import { folded } from '../../print/fold.ts'
import type { Sheet } from '../../print/style.ts'
import { type Column, tableOf } from '../../print/table.ts'
import { hexNumber } from '../../print/text.ts'
import { type CutRow, type ExplainedRequest, emptyCutRow, walkCut } from '../../scenario/player/index.ts'

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
  /** First sector of the request. */
  #low = 0
  #high = 0
  /** It goes into two slots. */
  #isSplit = false
  readonly #row = emptyCutRow()

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
    const { sector } = explained.request
    this.#low = Number(BigInt.asUintN(32, sector))
    this.#high = Number(BigInt.asUintN(32, sector >> 32n))
    this.#isSplit = explained.slots.length > 1
    walkCut(explained, this.#row, this.#write)
  }

  readonly #write = (row: CutRow): void => {
    this.#begin()
    if (row.kind === 'indirect-page') {
      this.#text(PAGE, INDIRECT_PAGE)
      this.#number(GREF, row.gref)
      this.#frames(row.gfn, row.gfn, 0)
    } else {
      if (row.isFirst) this.#head(row.page, row.offset, row.length)
      if (row.kind === 'chunks') this.#run(row)
      else {
        this.#text(CHUNK, row.skipped.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(','))
        this.#text(SECTORS, NO_GRANT)
      }
    }
    this.#end()
  }

  #head(page: number, offset: number, length: number): void {
    this.#at = putHexNumber(this.#view, this.#to(PAGE, hexDigitsOf(page) + 2), page)
    this.#number(OFFSET, offset)
    this.#number(LENGTH, length)
  }

  #run({
    chunk,
    lastChunk,
    slot,
    seg,
    lastSeg,
    gref,
    lastGref,
    gfn,
    lastGfn,
    frameStep,
    first_sect,
    last_sect,
    sector,
    sectors,
  }: CutRow): void {
    const view = this.#view
    this.#range(CHUNK, chunk, lastChunk)
    if (this.#isSplit) this.#text(SEG, `slot ${slot} ${seg === lastSeg ? seg : `${seg}-${lastSeg}`}`)
    else this.#range(SEG, seg, lastSeg)
    this.#range(GREF, gref, lastGref)
    this.#frames(gfn, lastGfn, frameStep)
    const sects = this.#to(SECTS, u32DigitsOf(first_sect) + 2 + u32DigitsOf(last_sect))
    this.#at = this.#dots(putU32(view, sects, first_sect))
    this.#at = putU32(view, this.#at, last_sect)
    if (sectors === 0) this.#text(SECTORS, NO_SECTOR)
    else this.#sectors(sector, sectors)
  }

  /** @param from counted from the request's first */
  #sectors(from: number, count: number): void {
    const start = this.#to(SECTORS, 0)
    const at = this.#dots(this.#sector(start, from))
    this.#at = this.#sector(at, from + count - 1)
    this.#needed[SECTORS] = Math.max(this.#needed[SECTORS]!, this.#at - start)
  }

  #sector(at: number, from: number): number {
    const low = this.#low + from
    return low < TWO_32 ? putU64(this.#view, at, low, this.#high) : putU64(this.#view, at, low - TWO_32, (this.#high + 1) >>> 0)
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
