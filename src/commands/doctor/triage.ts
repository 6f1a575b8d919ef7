// Many devices: a line each, the worst first.
import type { DeviceCase, Verdict } from '../../doctor/index.ts'
import { TITLES } from '../../print/diagnosis-words.ts'
import type { Sheet } from '../../print/style.ts'
import { type Cell, type Column, tableOf } from '../../print/table.ts'
import { count, printable } from '../../print/text.ts'

const COLUMNS: readonly Column[] = [
  { title: '#', align: 'right' },
  { title: 'device', align: 'left' },
  { title: 'queues', align: 'right' },
  { title: 'unanswered', align: 'right' },
  { title: 'verdict', align: 'left', words: true },
]
/** A name from outside may be a book. */
const MAX_NAME = 60
/** Of a path its end tells more: as much as leaves the verdict in its line. */
const [MIN_TITLE, MAX_TITLE] = [28, 60]
/** What the other columns take. */
const OTHERS = 52

function tailOf(title: string, width: number): string {
  const room = Math.max(MIN_TITLE, Math.min(MAX_TITLE, width - OTHERS))
  return title.length <= room ? title : `…${title.slice(1 - room)}`
}

/** A device as the table has it. */
export interface TriageRow {
  readonly judged: DeviceCase
  /** What its inputs are called. */
  readonly title: string
}

/** A device that has a name needs no word of where it is from. */
export function triageText(rows: readonly TriageRow[], sheet: Sheet): string {
  const { style, width } = sheet
  const cells = rows.map(({ judged, title }, i): Cell[] => {
    const [main] = judged.verdicts as [Verdict]
    const paint = main.problem ? (main.sureness === 'certain' ? style.bad : style.unsure) : undefined
    return [
      { text: String(i + 1) },
      { text: printable(judged.name?.slice(0, MAX_NAME) ?? tailOf(title, width)) },
      { text: judged.diagnoses.length > 1 ? String(judged.diagnoses.length) : '' },
      { text: unanswered(judged) },
      { text: `${TITLES[main.verdict]} (${main.sureness})`, paint },
    ]
  })
  const shown = COLUMNS.flatMap((_, i) => (cells.some((row) => row[i]!.text !== '') ? [i] : []))
  const { titles, rows: lines } = tableOf(
    shown.map((i) => COLUMNS[i]!),
    cells.map((row) => shown.map((i) => row[i]!)),
    style.dim,
    width,
  )
  const bad = rows.filter(({ judged }) => judged.verdicts[0]!.problem).length
  const head = `${count(rows.length, 'device')}, ${bad === 0 ? 'none' : bad} with a problem`
  return [style.bold(head), ...titles, ...lines.flat(), style.dim('--device N, or its name, shows the page of one')]
    .map((line) => `${line}\n`)
    .join('')
}

/** Requests without an answer, of all slots. */
function unanswered({ diagnoses }: DeviceCase): string {
  if (diagnoses.length === 0) return ''
  if (diagnoses.some(({ owes }) => owes.answers === undefined)) return '?'
  const [answers, slots] = diagnoses.reduce(
    ([a, s], { owes, last }) => [a + owes.answers!, s + (last.nr_ents ?? Number.NaN)],
    [0, 0],
  )
  return Number.isNaN(slots) ? String(answers) : `${answers} of ${slots}`
}

/** The devices that a name or a number of the table stands for. */
export function chosen(rows: readonly TriageRow[], device: string): TriageRow[] {
  const number = /^\d{1,6}$/.test(device) ? Number(device) : undefined
  if (number !== undefined && rows[number - 1]) return [rows[number - 1]!]
  const wanted = device.toLowerCase()
  return rows.filter(({ judged, title }) => {
    const words = (judged.name ?? '').toLowerCase().split(/[ ()]+/)
    return words.includes(wanted) || title === device
  })
}
