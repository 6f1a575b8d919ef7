// What was found in a memory image, for people.
import { distance } from '../../codec/ring/ring-idx.ts'
import type { Verdict } from '../../doctor/index.ts'
import { type FoundImage, type FoundRing, pageCount, protocolOfRing } from '../../image/index.ts'
import { TITLES } from '../../print/diagnosis-words.ts'
import { folded } from '../../print/fold.ts'
import type { Style } from '../../print/style.ts'
import { type Cell, type Column, tableOf } from '../../print/table.ts'
import { count, hexNumber, printable, wrapped } from '../../print/text.ts'
import { ringEvidence, unreadWords } from './words.ts'

export interface FindTextOptions {
  readonly style: Style
  readonly width: number
  /** Columns that no line passes; without it only the evidence is folded, as in a pipe. */
  readonly fold?: number
  /** The image and the grant table as they are called. */
  readonly source: string
  readonly grantTable: string | undefined
  /** What doctor says of each ring. */
  readonly verdicts?: readonly (Verdict | undefined)[]
}

const COLUMNS: readonly Column[] = [
  { title: 'ring', align: 'right' },
  { title: 'offset', align: 'right' },
  { title: 'pfn', align: 'right' },
  { title: 'protocol', align: 'left' },
  { title: 'pages', align: 'right' },
  { title: 'req_prod', align: 'right' },
  { title: 'rsp_prod', align: 'right' },
  { title: 'in flight', align: 'right' },
  { title: 'score', align: 'right' },
  { title: 'ring-ref', align: 'left' },
  { title: 'device', align: 'left' },
]

const INDENT = '      '

export function findText(image: FoundImage, options: FindTextOptions): string {
  const { style } = options
  const lines = [...headLines(image, options), '']
  if (image.rings.length === 0) lines.push(`no ring in ${count(image.pages, 'page')}`)
  else lines.push(...ringLines(image, options))
  for (const { ring, why } of image.missing)
    lines.push(style.bad(printable(`not found: ${deviceText(ring)}, ring-ref ${refsText(ring.refs)}: ${why}`)))
  for (const note of image.notes)
    lines.push(...wrapped('note: ', printable(note).split(' '), ' ', options.width).map((line) => style.unsure(line)))
  return folded(lines.map((line) => `${line}\n`).join(''), INDENT.length, options.fold ?? Number.POSITIVE_INFINITY)
}

function headLines({ map, pages, unread, tables }: FoundImage, { style, source, grantTable }: FindTextOptions): string[] {
  const claimed = pageCount(map)
  const of = pages === claimed || map.format === 'raw memory' ? '' : ` of ${claimed}`
  const frames = map.table ? `, frames by .xen_${map.table.kind}` : map.p2m ? ", frames by the guest's p2m" : ''
  const [table] = tables
  const where = table?.offset === undefined ? printable(grantTable ?? '') : `found at ${hexNumber(table.offset)}`
  const more = tables.length > 1 ? `; ${tables.length - 1} more found` : ''
  const tableText = table
    ? `${where}: version ${table.table.version}, ${count(table.table.frames.size, 'frame')} granted${more}`
    : 'none given, none found: references are not followed'
  const unreadText = unreadWords(unread)
  const rows = [
    ['image', `${map.format}, ${count(pages, 'page')}${of}${frames}`],
    ...(unreadText === undefined ? [] : [['unread', unreadText] as const]),
    ['grant table', tableText],
  ] as const
  return [style.bold(printable(source)), ...rows.map(([name, text]) => `  ${style.dim(name.padEnd(11))}  ${text}`)]
}

function ringLines(image: FoundImage, { style, width, fold = Number.POSITIVE_INFINITY, verdicts = [] }: FindTextOptions): string[] {
  const cellsOfRings = image.rings.map((ring, n) => cells(ring, n, image))
  const { titles, rows } = tableOf(COLUMNS, cellsOfRings, style.dim, fold)
  const lines = [...titles]
  for (const [n, ring] of image.rings.entries()) {
    lines.push(...rows[n]!)
    const verdict = verdicts[n]
    if (verdict) lines.push(verdictLine(verdict, style))
    lines.push(...wrapped(INDENT, ringEvidence(ring, image.map).join('; ').split(' '), ' ', width).map((line) => style.dim(line)))
    if (image.data) lines.push(...dataLines(image, n, style, fold))
  }
  const left = image.data?.left ?? 0
  if (left > 0) lines.push(style.unsure(`${count(left, 'more segment')} of requests in flight, not listed`))
  return lines
}

function verdictLine({ verdict, sureness, problem }: Verdict, style: Style): string {
  const text = `${INDENT}${TITLES[verdict]} (${sureness})`
  return problem ? (sureness === 'certain' ? style.bad(text) : style.unsure(text)) : text
}

function cells(ring: FoundRing, n: number, { map }: FoundImage): Cell[] {
  const { pages, sring, score } = ring.score
  const texts = [
    String(n),
    hexNumber(ring.offsets[0]!),
    ring.numbers ? hexNumber(ring.numbers.pfn) : '?',
    protocolOfRing(ring, map),
    String(pages),
    String(sring.req_prod),
    String(sring.rsp_prod),
    String(distance(sring.rsp_prod, sring.req_prod)),
    String(score),
    refsText(ring.refs),
    ring.named ? printable(deviceText(ring.named.ring)) : '',
  ]
  return texts.map((text) => ({ text }))
}

function deviceText({ device, queue }: { readonly device: string; readonly queue: number | undefined }): string {
  return queue === undefined ? device : `${device} queue ${queue}`
}

/** `9`, `8..11`, `8, 9, 12`; nothing of pages that no table names. */
function refsText(refs: readonly (number | undefined)[]): string {
  const known = refs.filter((ref) => ref !== undefined)
  const [first] = known
  if (first === undefined) return ''
  const inOrder = known.length === refs.length && known.every((ref, i) => ref === first + i)
  return inOrder && known.length > 2 ? `${first}..${known.at(-1)}` : known.join(', ')
}

const DATA: readonly Column[] = [
  { title: 'slot', align: 'right' },
  { title: 'seg', align: 'right' },
  { title: 'gref', align: 'right' },
  { title: 'sectors', align: 'left' },
  { title: 'domid', align: 'right' },
  { title: 'frame', align: 'right' },
  { title: 'offset', align: 'left' },
]

function dataLines({ data }: FoundImage, n: number, style: Style, fold: number): string[] {
  const pages = data!.pages[n]!
  if (pages.length === 0) return []
  const rows = pages.map((page): Cell[] =>
    [
      page.slot,
      page.segment,
      page.gref,
      `${page.first_sect}..${page.last_sect}`,
      page.domid ?? '',
      page.frame === undefined ? '' : hexNumber(page.frame),
      page.offset === undefined ? (page.frame === undefined ? 'no access granted' : 'not in the image') : hexNumber(page.offset),
    ].map((text) => ({ text: String(text) })),
  )
  const table = tableOf(DATA, rows, style.dim, fold - INDENT.length)
  return [...table.titles, ...table.rows.flat()].map((line) => `${INDENT}${line}`)
}
