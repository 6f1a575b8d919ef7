// A diagnosis on one page, in plain language.
import { CONNECTED_ANEW } from '../../codec/ring/replaced.ts'
import { type DeviceCase, type Remark, type RingDiagnosis, type Verdict, worst } from '../../doctor/index.ts'
import { driverText, owesText, TITLES, waitingText } from '../../print/diagnosis-words.ts'
import { lostText, openText } from '../../print/replaced-text.ts'
import type { Sheet } from '../../print/style.ts'
import { flow, printable, titleLines, wrap } from '../../print/text.ts'

const LABEL = 12
const INDENT = 2
/** Lines of a page. */
const PAGE = 50

/** How much of each list is shown. */
interface Room {
  readonly causes: number
  readonly evidence: number
  readonly waiting: number
  readonly queues: number
  readonly steps: number
  readonly remarks: number
}

/** The first with which all fits on a page is taken, else the last. */
const ROOMS: readonly Room[] = [
  { causes: 4, evidence: 10, waiting: 4, queues: 8, steps: 5, remarks: 16 },
  { causes: 4, evidence: 8, waiting: 3, queues: 4, steps: 4, remarks: 8 },
  { causes: 2, evidence: 5, waiting: 2, queues: 3, steps: 3, remarks: 5 },
  { causes: 1, evidence: 3, waiting: 1, queues: 2, steps: 2, remarks: 3 },
  { causes: 1, evidence: 2, waiting: 1, queues: 2, steps: 1, remarks: 3 },
]

/**
 * @param queues the diagnosis of each queue of the device; one for a device without queues of its own
 * @param remarks what was said of it beside its rings
 */
export function doctorText(
  title: string,
  queues: readonly RingDiagnosis[],
  options: Sheet,
  remarks: readonly Remark[] = [],
): string {
  const shown = worst(queues)
  return fitted((room) => pageLines(title, { ...shown, remarks, queues }, room, options))
}

/** A device of which no ring is at hand. */
export function ringlessText(title: string, { verdicts, remarks, next }: DeviceCase, options: Sheet): string {
  return fitted((room) =>
    paged(
      title,
      [
        ...verdictRows(verdicts, '', room, options),
        ...remarkRows(remarks, room.remarks, options),
        ...stepRows({ next }, room.steps, options),
      ],
      options,
    ),
  )
}

function fitted(linesIn: (room: Room) => readonly string[]): string {
  let lines: readonly string[] = []
  for (const room of ROOMS) {
    lines = linesIn(room)
    if (lines.length <= PAGE) break
  }
  return lines.map((line) => `${line}\n`).join('')
}

interface Page extends RingDiagnosis {
  readonly queues: readonly RingDiagnosis[]
  readonly remarks: readonly Remark[]
}

function pageLines(title: string, shown: Page, room: Room, options: Sheet): string[] {
  const { queues, remarks } = shown
  const ofQueue = queues.length > 1 ? `, queue ${shown.last.queue}` : ''
  const rows: Row[] = [
    ...verdictRows(shown.verdicts, ofQueue, room, options),
    ...replacedRows(shown, room.waiting),
    ...queueRows(queues, room.queues),
    ['who owes', owesText(shown)],
    ...list('evidence', shown.evidence.slice(0, room.evidence)),
    ...remarkRows(remarks, room.remarks, options),
    ...waitingRows(shown, room.waiting),
    ['looks like', driverText(shown)],
    ...(shown.settles === undefined ? [] : [['to settle', shown.settles] as const]),
    ...stepRows(shown, room.steps, options),
  ]
  return paged(title, rows, options)
}

function paged(title: string, rows: readonly Row[], options: Sheet): string[] {
  const titles = titleLines(printable(title), options.width).map((line) => options.style.bold(line))
  return [...titles, ...rows.flatMap((row) => rowLines(row, options))]
}

/** @param ofQueue which queue the main one is of */
function verdictRows(verdicts: readonly Verdict[], ofQueue: string, room: Room, { style }: Sheet): Row[] {
  const [main, ...also] = verdicts as [Verdict, ...Verdict[]]
  const paint = main.problem ? (main.sureness === 'certain' ? style.bad : style.unsure) : style.bold
  return [
    ['verdict', `${TITLES[main.verdict]} (${main.sureness})${ofQueue}`, paint],
    ['', main.text],
    ...list('could be', main.causes.slice(0, room.causes)),
    ...also.map((v): Row => ['also', `${TITLES[v.verdict]} (${v.sureness}): ${v.text}`]),
  ]
}

/** What speaks against each other first. */
function remarkRows(remarks: readonly Remark[], most: number, { style }: Sheet): Row[] {
  const inOrder = [...remarks.filter(({ contradicts }) => contradicts), ...remarks.filter(({ contradicts }) => !contradicts)]
  const rows = inOrder.slice(0, most).map((remark, i): Row => {
    const label =
      i === 0
        ? remark.contradicts
          ? 'against it'
          : 'also said'
        : remark.contradicts !== inOrder[i - 1]!.contradicts
          ? 'also said'
          : ''
    const text = `- ${remarkText(remark)}`
    return remark.contradicts ? [label, text, style.unsure] : [label, text]
  })
  const more = remarks.length - rows.length
  return more > 0 ? [...rows, ['', `and ${more} more, which --json lists`]] : rows
}

export function remarkText({ source, line, text }: Remark): string {
  return `${source}${line === undefined ? '' : `:${line}`}: ${text}`
}

/** A label, a text that is wrapped behind it, and its paint; a command stays in one line. */
type Row = readonly [label: string, text: string, paint?: (text: string) => string, command?: 'command']

/** What items of lists begin with: their other lines are as far in. */
const BULLET = /^(- | {3})/

function rowLines([label, text, paint, command]: Row, { style, width }: Sheet): string[] {
  const safe = printable(text)
  const bullet = BULLET.exec(safe)?.[0] ?? ''
  const lines = command ? [safe] : wrap(safe.slice(bullet.length), width - LABEL - INDENT - bullet.length)
  return lines.map((line, i) => {
    const name = (i === 0 ? label : '').padEnd(LABEL)
    const start = command ? '' : i === 0 ? bullet : ' '.repeat(bullet.length)
    return `${' '.repeat(INDENT)}${i === 0 && label !== '' ? style.dim(name) : name}${start}${paint ? paint(line) : line}`
  })
}

/** The label stands before the first of them. */
function list(label: string, texts: readonly string[]): Row[] {
  return texts.map((text, i) => [i === 0 ? label : '', `- ${text}`])
}

function queueRows(queues: readonly RingDiagnosis[], most: number): Row[] {
  if (queues.length < 2) return []
  const rows = queues.slice(0, most).map(({ last, verdicts: [v] }, i): Row => {
    return [i === 0 ? 'queues' : '', `${last.queue}: ${TITLES[v!.verdict]} (${v!.sureness})`]
  })
  const rest = queues.slice(most)
  const bad = rest.filter(({ verdicts: [v] }) => v!.problem).length
  return rest.length === 0 ? rows : [...rows, ['', `and ${rest.length} more, ${bad} of them with a problem`]]
}

function waitingRows({ waiting, moments, owes }: RingDiagnosis, most: number): Row[] {
  if (waiting.length === 0) return []
  const rows = waiting.slice(0, most).map((w, i): Row => {
    const since = moments > 1 ? `, since ${w.since === 0 ? 'the first snapshot' : `snapshot ${w.since + 1} of ${moments}`}` : ''
    return [i === 0 ? (moments > 1 ? 'longest' : 'oldest') : '', `- ${waitingText(w)}${since}`]
  })
  const rest = waiting.length - rows.length
  const outOfOrder = waiting.some((w) => w.sureness === 'may') && owes.answers !== undefined && waiting.length > owes.answers
  const unsure = outOfOrder ? `; only ${owes.answers} of these ${waiting.length} are without an answer` : ''
  return rest === 0 && unsure === '' ? rows : [...rows, ['', rest === 0 ? unsure.slice(2) : `and ${rest} more${unsure}`]]
}

/** @param most requests that are named */
function replacedRows({ replaced }: RingDiagnosis, most: number): Row[] {
  if (!replaced) return []
  const { before, why, redone } = replaced
  const open = (redone?.requests ?? []).filter(({ again }) => again !== 'whole')
  const more = open.length - most
  return [
    ['replaced', `a new ring in the place of that of ${before}: ${CONNECTED_ANEW}; ${why}. It is judged alone.`],
    ...(redone ? [['', lostText(redone, open.length)] as const] : []),
    ...open.slice(0, most).map((request): Row => ['', `- ${openText(request)}`]),
    ...(more > 0 ? [['', `and ${more} more`] as const] : []),
  ]
}

/** Columns of the number of a step. */
const NUMBER = 3
const CONTINUED = '  '
const GOES_ON = ' \\'
const WHERE = { backend: "in the backend's domain", guest: 'in the guest', here: 'here' }

function stepRows({ next }: Pick<RingDiagnosis, 'next'>, most: number, { style, width }: Sheet): Row[] {
  return next.slice(0, most).flatMap((step, i): Row[] => [
    ...commandLines(step.command, width - LABEL - INDENT - NUMBER).map((line, k): Row => {
      const number = k === 0 ? `${i + 1}.` : ''
      return [i + k === 0 ? 'look at' : '', number.padEnd(NUMBER) + line, style.bold, 'command']
    }),
    ['', `   ${WHERE[step.on]}: ${step.why}`],
  ])
}

/** Where it does not fit in a line: one command a line, and one that does not fit goes on as in a shell. A longer name is not cut. */
function commandLines(command: string, width: number): string[] {
  if (command.length <= width) return [command]
  return command.split('; ').flatMap((one) => {
    if (one.length <= width) return [one]
    const lines = flow(one.split(' '), width - CONTINUED.length - GOES_ON.length, ' ')
    return lines.map((line, i) => (i === 0 ? '' : CONTINUED) + line + (i < lines.length - 1 ? GOES_ON : ''))
  })
}
