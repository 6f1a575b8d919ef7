// The work of `doctor`: inputs to moments to a diagnosis of each device.

import type { DumpError } from '../../capture/dump-error.ts'
import { dumpOfQueue } from '../../capture/dump-names.ts'
import {
  compareVerdicts,
  type DeviceHistory,
  Devices,
  type Diagnosis,
  diagnoseHistory,
  type History,
  type PrivateIndices,
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
    for (const snapshot of snapshotsOf(input, { ...options, onError, onNote })) devices.add(snapshot)
  const found = devices.finish(options.known)
  checkKnown(found, options.known)
  const judged = worstFirst(
    found.map((device) => ({ device, diagnoses: device.queues.map((h) => diagnoseHistory(h, options.interval)) })),
  )
  const diagnoses = judged.map((one) => one.diagnoses)
  notes.push(...devices.notes)
  if (diagnoses.length > 0) {
    if (options.json) write(`${jsonText({ notes, devices: diagnoses.map(deviceJson) }, 2)}\n`)
    else write(texts(judged, sheet) + noteText(notes, sheet))
  }
  const problem = diagnoses.some((queues) => worst(queues).verdicts[0]!.problem)
  return exit === EXIT_CLEAN && problem ? EXIT_FINDINGS : exit
}

function checkKnown(devices: readonly DeviceHistory[], known: PrivateIndices): void {
  const rings = devices.flatMap(({ queues }) => queues).length
  if (rings > 1 && Object.values(known).some((index) => index !== undefined))
    throw new Error(`--req-cons and --rsp-cons are of one ring, and here are ${rings}: name the one alone`)
}

interface Judged {
  readonly device: DeviceHistory
  /** The diagnosis of each queue. */
  readonly diagnoses: readonly Diagnosis[]
}

/** As the inputs have them where their verdicts are of one rank. */
function worstFirst(judged: readonly Judged[]): Judged[] {
  const verdict = ({ diagnoses }: Judged) => worst(diagnoses).verdicts[0]!
  return [...judged].sort((a, b) => compareVerdicts(verdict(a), verdict(b)))
}

function texts(judged: readonly Judged[], sheet: Sheet): string {
  return judged.map(({ device, diagnoses }) => doctorText(titleOf(device.queues), diagnoses, sheet)).join('\n')
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
