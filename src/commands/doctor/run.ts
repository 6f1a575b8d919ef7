// The work of `doctor`: inputs to moments to a diagnosis of each device.

import type { DumpError } from '../../capture/dump-error.ts'
import { dumpOfQueue } from '../../capture/dump-names.ts'
import {
  compareVerdicts,
  Devices,
  diagnoseHistory,
  diagnosePart,
  type History,
  type PartOfMoment,
  type PrivateIndices,
  type RingDiagnosis,
  worst,
} from '../../doctor/index.ts'
import { jsonText } from '../../print/printable.ts'
import type { Sheet } from '../../print/style.ts'
import { printable, wrap } from '../../print/text.ts'
import { EXIT_CLEAN, EXIT_FINDINGS } from '../../terminal/exit-codes.ts'
import { report } from '../../terminal/failure.ts'
import { write } from '../../terminal/output.ts'
import type { InputOptions } from '../shared/input-flags.ts'
import { openedInputs } from '../shared/inputs.ts'
import { deviceJson } from './json.ts'
import { snapshotsOf } from './moments.ts'
import { doctorText, seriesTitle } from './text.ts'

export interface DoctorOptions extends InputOptions {
  /** Private indices at the last snapshot. */
  readonly known: PrivateIndices
  /** Seconds between snapshots. */
  readonly interval: number | undefined
  readonly json: boolean
}

/** Prints a diagnosis of every device and returns the exit code. What cannot be read is reported, and the rest goes on. */
export async function doctorInputs(names: readonly string[], sheet: Sheet, options: DoctorOptions): Promise<number> {
  let exit = EXIT_CLEAN
  const onError = (error: DumpError) => {
    exit = report(error)
  }
  const devices = new Devices()
  const notes: string[] = []
  const onNote = (note: string) => notes.push(note)
  for await (const input of openedInputs(names, options, { onError, indices: true }))
    for (const snapshot of snapshotsOf(input, { ...options, onError, onNote }, (part) => devices.addPart(part)))
      devices.add(snapshot)
  const found = devices.finish(options.known)
  const { parts } = devices
  checkKnown(found.flatMap(({ queues }) => queues).length + parts.length, options.known)
  const judged = worstFirst([
    ...found.map(({ queues }) => ({ title: titleOf(queues), diagnoses: queues.map((h) => diagnoseHistory(h, options.interval)) })),
    ...partsJudged(parts, options.known, onNote),
  ])
  const diagnoses = judged.map((one) => one.diagnoses)
  notes.push(...devices.notes)
  if (diagnoses.length > 0) {
    if (options.json) write(`${jsonText({ notes, devices: diagnoses.map(deviceJson) }, 2)}\n`)
    else write(texts(judged, sheet) + noteText(notes, sheet))
  }
  const problem = diagnoses.some((queues) => worst(queues).verdicts[0]!.problem)
  return exit === EXIT_CLEAN && problem ? EXIT_FINDINGS : exit
}

function checkKnown(rings: number, known: PrivateIndices): void {
  if (rings > 1 && Object.values(known).some((index) => index !== undefined))
    throw new Error(`private indices (--req-cons, --rsp-cons, …) are of one ring, and here are ${rings}: name the one alone`)
}

/** Rings of which the indices of the page are not all known, each alone. */
function partsJudged(parts: readonly PartOfMoment[], known: PrivateIndices, onNote: (note: string) => void): Judged[] {
  return parts.flatMap((part) => {
    const diagnosis = diagnosePart({ ...part, known: { ...part.known, ...known } })
    if (diagnosis) return [{ title: part.source, diagnoses: [diagnosis] }]
    onNote(`${part.source} shows a part of a ring, and nothing of what waits on it`)
    return []
  })
}

interface Judged {
  readonly title: string
  /** The diagnosis of each queue. */
  readonly diagnoses: readonly RingDiagnosis[]
}

/** As the inputs have them where their verdicts are of one rank. */
function worstFirst(judged: readonly Judged[]): Judged[] {
  const verdict = ({ diagnoses }: Judged) => worst(diagnoses).verdicts[0]!
  return [...judged].sort((a, b) => compareVerdicts(verdict(a), verdict(b)))
}

function texts(judged: readonly Judged[], sheet: Sheet): string {
  return judged.map(({ title, diagnoses }) => doctorText(title, diagnoses, sheet)).join('\n')
}

function titleOf(queues: readonly History[]): string {
  const [first] = queues as [History]
  const last = first.last.source
  if (queues.length === 1) return seriesTitle(first.firstSource, last, first.total, 1)
  return seriesTitle(dumpOfQueue(first.firstSource), dumpOfQueue(last), first.total, queues.length)
}

function noteText(notes: readonly string[], { style, width }: Sheet): string {
  return notes
    .flatMap((note) => ['', ...wrap(printable(`note: ${note}`), width).map((line) => style.unsure(line))])
    .map((line) => `${line}\n`)
    .join('')
}
