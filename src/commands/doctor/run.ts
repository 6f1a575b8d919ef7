// The work of `doctor`: inputs to what they say, to a diagnosis of each device.

import type { DumpError } from '../../capture/dump-error.ts'
import { caseOf, compareVerdicts, deskOf, type PrivateIndices, type Unplaced } from '../../doctor/index.ts'
import { messageNamed } from '../../evidence/messages/table.ts'
import type { Statement } from '../../evidence/statement.ts'
import { gather } from '../../gather/gather.ts'
import { deviceTitle } from '../../gather/titles.ts'
import type { InputOptions } from '../../inputs/open-options.ts'
import { jsonText } from '../../print/printable.ts'
import type { Sheet } from '../../print/style.ts'
import { printable, wrap } from '../../print/text.ts'
import { EXIT_CLEAN, EXIT_FINDINGS } from '../../terminal/exit-codes.ts'
import { report } from '../../terminal/failure.ts'
import { write } from '../../terminal/output.ts'
import { openedInputs } from '../shared/inputs.ts'
import { caseJson } from './json.ts'
import { doctorText, ringlessText } from './text.ts'
import { chosen, type TriageRow, triageText } from './triage.ts'

export interface DoctorOptions extends InputOptions {
  /** Private indices at the last snapshot. */
  readonly known: PrivateIndices
  /** Seconds between snapshots. */
  readonly interval: number | undefined
  /** The device that is shown alone: its name, or its number in the table. */
  readonly device: string | undefined
  readonly json: boolean
}

/** So many devices have a page each; more are a table. */
const MAX_PAGES = 2
/** Statements that belong to nothing are named to this number. */
const MAX_UNPLACED = 8

/** Prints a diagnosis of every device and returns the exit code. What cannot be read is reported, and the rest goes on. */
export async function doctorInputs(names: readonly string[], sheet: Sheet, options: DoctorOptions): Promise<number> {
  let exit = EXIT_CLEAN
  const onError = (error: DumpError) => {
    exit = report(error)
  }
  const gathered = await gather(names, { ...options, open: openedInputs, onError })
  checkKnown(gathered.devices.flatMap(({ queues }) => queues).length + gathered.parts.length, options.known)
  const desk = deskOf(gathered.devices, gathered.statements, gathered.parts)
  const all = worstFirst(desk.places.map((place) => ({ judged: caseOf(place, options.interval), title: deviceTitle(place) })))
  const rows = options.device === undefined ? all : only(all, options.device)
  const notes = [...gathered.notes, ...desk.notes, ...unplacedNotes(desk.unplaced)]
  if (options.json && (rows.length > 0 || gathered.known > 0))
    write(`${jsonText({ notes, devices: rows.map(({ judged }) => caseJson(judged)) }, 2)}\n`)
  else if (rows.length > 0) write((rows.length > MAX_PAGES ? triageText(rows, sheet) : pages(rows, sheet)) + noteText(notes, sheet))
  else if (notes.length > 0 && exit === EXIT_CLEAN) write(noteText(notes, sheet).replace(/^\n/, ''))
  const problem = rows.some(({ judged }) => judged.verdicts[0]!.problem)
  return exit === EXIT_CLEAN && problem ? EXIT_FINDINGS : exit
}

function only(rows: readonly TriageRow[], device: string): readonly TriageRow[] {
  const found = chosen(rows, device)
  if (found.length > 0) return found
  throw new Error(`--device: there is no device ${device.slice(0, 80)} among the ${rows.length} of the inputs`)
}

function checkKnown(rings: number, known: PrivateIndices): void {
  if (rings > 1 && Object.values(known).some((index) => index !== undefined))
    throw new Error(`private indices (--req-cons, --rsp-cons, …) are of one ring, and here are ${rings}: name the one alone`)
}

/** As the inputs have them where their verdicts are of one rank. */
function worstFirst(rows: readonly TriageRow[]): readonly TriageRow[] {
  return [...rows].sort((a, b) => compareVerdicts(a.judged.verdicts[0]!, b.judged.verdicts[0]!))
}

function pages(rows: readonly TriageRow[], sheet: Sheet): string {
  return rows
    .map(({ judged, title }) =>
      judged.diagnoses.length > 0
        ? doctorText(title, judged.diagnoses, sheet, judged.remarks)
        : ringlessText(judged.name ?? title, judged, sheet),
    )
    .join('\n')
}

/** What belongs to no device, and why: a line for each input; of a message what it means all the same. */
function unplacedNotes(unplaced: readonly Unplaced[]): string[] {
  const texts = new Map<string, string>()
  let left = 0
  for (const { statement, why } of unplaced) {
    const { source, line, kind } = statement
    const meaning = kind === 'message' ? messageNamed(statement.message)?.means : undefined
    const key = (kind === 'message' ? [kind, statement.message] : [kind, source, why]).join('\n')
    if (texts.has(key)) continue
    if (texts.size === MAX_UNPLACED) left++
    else if (kind === 'message')
      texts.set(key, `${source}:${line}: "${statement.text.slice(0, 120)}": ${meaning} It is of no device that is known: ${why}`)
    else texts.set(key, `${source}${line === undefined ? '' : `:${line}`}: ${KINDS[kind]} of no device that is known: ${why}`)
  }
  return [...texts.values(), ...(left > 0 ? [`${left} more statements are of no device that is known`] : [])]
}

const KINDS: Readonly<Record<Statement['kind'], string>> = {
  device: 'a listing',
  port: 'an event channel',
  message: 'a line of a log',
  thread: 'a stack of a thread',
  busy: 'a count of requests',
  counter: 'counters',
  storage: 'a device below a backend',
  tasks: 'stacks of tasks',
}

function noteText(notes: readonly string[], { style, width }: Sheet): string {
  return notes
    .flatMap((note) => ['', ...wrap(printable(`note: ${note}`), width).map((line) => style.unsure(line))])
    .map((line) => `${line}\n`)
    .join('')
}
