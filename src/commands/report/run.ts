// The work of the `report` command: inputs to a report, a report to a file.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DumpError } from '../../capture/dump-error.ts'
import type { InputOptions } from '../../inputs/open-options.ts'
import { FileWriter } from '../../node/write/write-file.ts'
import { count, printable } from '../../print/text.ts'
import { gatherReport, NO_BLOCK_DEVICE } from '../../report/gather.ts'
import { documentHtml, HTML_START } from '../../report/render/document.ts'
import { emptyHtml } from '../../report/render/empty.ts'
import { PlayedScenarios } from '../../report/scenarios.ts'
import { EXIT_CLEAN } from '../../terminal/exit-codes.ts'
import { note, report as reportError } from '../../terminal/failure.ts'
import { write } from '../../terminal/output.ts'
import { cleaningUp } from '../../terminal/signals.ts'
import { FORCE_REPLACES } from '../shared/cures.ts'
import { openedInputs } from '../shared/inputs.ts'

export interface ReportOptions extends InputOptions {
  /** The file, or `-`. */
  readonly output: string
  /** Replace a report that is there. */
  readonly force: boolean
  readonly version: string
}

const HTML = { name: 'HTML', magic: HTML_START, allowsPipes: true }

/** Writes a report of all inputs and returns the exit code. What cannot be read is reported, and the rest goes on. */
export function writeReport(names: readonly string[], options: ReportOptions): Promise<number> {
  return writePage(() => pageOf(names, options), options)
}

/** Writes a page that asks for a ring. */
export function writeEmptyPage(options: Pick<ReportOptions, 'output' | 'force' | 'version'>): Promise<number> {
  return writePage(
    async () => ({ text: emptyHtml(built, options.version), words: 'no ring in it: open it, and drop one', exit: EXIT_CLEAN }),
    options,
  )
}

async function writePage(make: () => Promise<Made>, { output, force }: Pick<ReportOptions, 'output' | 'force'>): Promise<number> {
  if (output === '-') {
    const { text, exit } = await make()
    if (text !== undefined) write(text)
    return exit
  }
  const file = new FileWriter(output, { kind: HTML, replace: force, cures: FORCE_REPLACES })
  const discard = () => file.discard()
  return cleaningUp(discard, async () => {
    const { text, words, exit } = await make()
    if (text === undefined) return exit
    try {
      file.write(Buffer.from(text))
      file.commit()
      write(`${printable(output)}: ${words}\n`)
      return exit
    } catch (error) {
      return reportError(error)
    }
  }).finally(discard)
}

interface Made {
  /** Undefined where nothing could be read. */
  readonly text: string | undefined
  /** What is in it. */
  readonly words: string
  readonly exit: number
}

async function pageOf(names: readonly string[], options: ReportOptions): Promise<Made> {
  let exit = EXIT_CLEAN
  const onError = (error: DumpError) => {
    exit = reportError(error)
  }
  const { report: made } = await gatherReport(names, { ...options, open: openedInputs, scenarios: new PlayedScenarios(), onError })
  const { devices, rings, notes } = made
  if (devices.length === 0) {
    for (const text of notes) note(text)
    return {
      text: undefined,
      words: '',
      exit: exit === EXIT_CLEAN ? reportError(new DumpError(names.join(', '), NO_BLOCK_DEVICE)) : exit,
    }
  }
  const text = documentHtml(made, built, options.version)
  return { text, words: `${count(devices.length, 'device')}, ${count(rings.length, 'ring')}`, exit }
}

/** What the build made of src/page: it lies beside the command. */
function built(name: string): string {
  return readFileSync(join(__dirname, name), 'utf8').trim()
}
