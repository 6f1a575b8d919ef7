// What a backend does with rings, for people: a line a request, what Linux's +88 does to the disk, and a line that counts.
import { type AnsweredRequest, type AnsweredRing, type DiskSpan, type Misplaced, misplacedOf } from '../../blkback/index.ts'
import { shortId } from '../../codec/ring/id-text.ts'
import { statusName } from '../../codec/xen/operations.ts'
import { byteText } from '../../print/hex-rows.ts'
import { bytesText, grouped } from '../../print/quantities.ts'
import { opText } from '../../print/slot-words.ts'
import type { Sheet } from '../../print/style.ts'
import { type Column, tableOf } from '../../print/table.ts'
import { count, hanging, printable, titleLines, wrap } from '../../print/text.ts'
import { type AnswerResult, heldAt } from './result.ts'

const INDENT = 2
const COLUMNS: readonly Column[] = [
  { title: 'slot', align: 'right' },
  { title: 'index', align: 'right' },
  { title: 'op', align: 'left' },
  { title: 'id', align: 'right' },
  { title: 'answer', align: 'left' },
  { title: 'bytes of the disk', align: 'left' },
  { title: 'why', align: 'left', words: true },
]

export function answersText(result: AnswerResult, sheet: Sheet): string {
  return [...result.rings.flatMap((ring) => [...ringLines(ring, result, sheet), '']), ...endLines(result, sheet)]
    .map((line) => `${line}\n`)
    .join('')
}

function ringLines(ring: AnsweredRing, result: AnswerResult, sheet: Sheet): string[] {
  const { style, width } = sheet
  const { capture } = ring.decoded
  const title = printable(capture.source) + (capture.queue === undefined ? '' : ` (queue ${capture.queue})`)
  const rows = ring.requests.map((request) => {
    const { slot, status } = request
    const answer = status === undefined ? 'none' : answerWord(status)
    return [
      { text: String(slot.slot) },
      { text: String(slot.index) },
      { text: opText(slot.request) },
      { text: shortId(slot.request.id) },
      { text: answer, paint: status === 0 ? undefined : status === undefined ? style.unsure : style.bad },
      { text: request.touches ? spanText(request.touches) : '-' },
      { text: whyText(request) },
    ]
  })
  const table = tableOf(COLUMNS, rows, style.dim, width - INDENT)
  const said = [...(ring.note === undefined ? [] : [ring.note]), ...(ring.beyond > 0 ? [beyondText(ring.beyond)] : [])]
  const notes = said.flatMap((text) => wrap(printable(text), width - INDENT)).map((line) => style.unsure(line))
  const body = rows.length === 0 ? ['no request in flight'] : [...table.titles, ...table.rows.flat()]
  const damage = misplacedOf(ring.requests).flatMap((one) => damageLines(one, result, sheet))
  return [...titleLines(title, width).map((line) => style.bold(line)), ...[...notes, ...body, ...damage].map((line) => `  ${line}`)]
}

const beyondText = (slots: number) =>
  `req_prod is impossible: ${grouped(slots)} more slots are claimed, which would be served round and round, stale ones too`

/** `OKAY`, `ERROR`, `EOPNOTSUPP`. */
function answerWord(status: number): string {
  return statusName(status) ?? String(status)
}

function spanText({ at, length }: DiskSpan): string {
  return length === 0 ? `at ${at}` : `${at}..${at + length - 1}`
}

const MAX_NAMED = 4

function whyText({ reason, overlaps, lacking, unanswered }: AnsweredRequest): string {
  const named = (numbers: readonly number[]) =>
    `${numbers.slice(0, MAX_NAMED).join(', ')}${numbers.length > MAX_NAMED ? ' and more' : ''}`
  const parts = [
    unanswered === 'data-missing' ? `not carried out: no page beside the ring for gref ${named(lacking)}` : reason,
    ...(overlaps.length === 0 ? [] : [`overlaps index ${named(overlaps)}, which a disk may do later`]),
  ]
  return printable(parts.join('; '))
}

/** What a request in two slots does to other bytes than it was to. */
function damageLines(
  { first, second, writes, done, skipped, beyond }: Misplaced,
  { disk }: AnswerResult,
  { style, width }: Sheet,
): string[] {
  const left = bytesText(BigInt(skipped.length))
  const sentence = writes
    ? `split-gap: the write of indices ${first} and ${second} ${done ? 'leaves' : 'would leave'} out ${left} and ${done ? 'goes' : 'go'} as far too far`
    : `split-gap: the read of indices ${first} and ${second} ${done ? 'leaves' : 'would leave'} out ${left} and ${done ? 'brings' : 'bring'} as many too many`
  const places: readonly (readonly [DiskSpan, string])[] = writes
    ? [
        [skipped, done ? 'not written, still' : 'would not be written, is'],
        [beyond, done ? 'overwritten, was' : 'would be overwritten, is'],
      ]
    : [
        [skipped, done ? 'not read' : 'would not be read'],
        [beyond, done ? 'read instead' : 'would be read instead'],
      ]
  return [
    ...wrap(sentence, width - INDENT).map((line) => style.bad(line)),
    ...places.flatMap(([span, words]) =>
      hanging(`  ${spanText(span)}  ${words}: ${heldText(heldAt(disk, span.at))}`, 4, width - INDENT),
    ),
  ]
}

/** `48 65 6c 6c 6f ...  Hello...`. */
function heldText(bytes: Uint8Array): string {
  const letters = Array.from(bytes, (byte) => (byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
  return `${Array.from(bytes, byteText).join(' ')} ... ${letters}`
}

function endLines({ rings, image, written }: AnswerResult, { width }: Sheet): string[] {
  const requests = rings.flatMap((ring) => ring.requests)
  const okay = requests.filter(({ status }) => status === 0)
  const refused = requests.filter(({ status }) => status !== undefined && status !== 0).length
  const left = requests.filter(({ status }) => status === undefined).length
  const sum = (of: readonly AnsweredRequest[]) => of.reduce((total, { touches }) => total + BigInt(touches?.length ?? 0), 0n)
  const asked = sum(okay.filter(({ writes }) => writes))
  const text = [
    `${count(requests.length, 'request')}: ${okay.length} answered OKAY`,
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(left > 0 ? [`${left} not answered`] : []),
  ].join(', ')
  const disk = `${bytesText(asked)} of ${printable(image.name)} ${written?.disk === undefined ? 'would be written or discarded' : 'written or discarded'}`
  const where = [written?.folder, written?.disk].filter((path) => path !== undefined)
  return hanging(`${text}; ${disk}${where.length === 0 ? '' : `; written: ${printable(where.join(', '))}`}`, 2, width)
}
