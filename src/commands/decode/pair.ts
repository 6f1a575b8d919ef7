// `decode --pair`: rings of the inputs to I/Os, printed as they are over.
import { tryDecodeCapture } from '../../capture/decode-capture.ts'
import type { DumpError } from '../../capture/dump-error.ts'
import { displayName } from '../../inputs/display-name.ts'
import type { InputOptions } from '../../inputs/open-options.ts'
import { Pairer } from '../../pairs/index.ts'
import { jsonText } from '../../print/printable.ts'
import type { Style } from '../../print/style.ts'
import { count } from '../../print/text.ts'
import { EXIT_CLEAN, EXIT_FINDINGS } from '../../terminal/exit-codes.ts'
import { report, warn } from '../../terminal/failure.ts'
import { JsonElements } from '../../terminal/json-list.ts'
import { write } from '../../terminal/output.ts'
import { openedInputs } from '../shared/inputs.ts'
import { PAIR_CSV_HEAD, type PlacedIo, pairCsv, pairJson } from './pair-row.ts'
import { PairSums, pairTable } from './pair-text.ts'

export interface PairOptions extends InputOptions {
  readonly format: 'text' | 'json' | 'ndjson' | 'csv'
  readonly style: Style
  readonly width: number
}

/** Prints the I/Os of the inputs and returns the exit code. Each queue of each input has I/Os of its own. */
export async function pairInputs(names: readonly string[], options: PairOptions): Promise<number> {
  let exit = EXIT_CLEAN
  let findings = 0
  const onError = (error: DumpError) => {
    exit = report(error)
  }
  const print = PAIR_PRINTERS[options.format](options)
  for await (const input of openedInputs(names, options, { onError })) {
    const queues = new Map<number | undefined, { readonly pairer: Pairer; source: string }>()
    for (const dump of input.rings()) {
      const source = displayName(dump.source, input.name)
      const decoded = tryDecodeCapture({ ...dump, source }, options, onError)
      if (!decoded) continue
      if (queues.size === 0) print.begin?.()
      findings += decoded.findings.length
      const { queue } = dump
      const own = queues.get(queue) ?? { pairer: new Pairer(), source }
      queues.set(queue, own)
      own.source = source
      for (const io of own.pairer.add(dump.snapshot, decoded.ring)) print.io({ ...io, source, queue })
    }
    for (const [queue, { pairer, source }] of queues) for (const io of pairer.end()) print.io({ ...io, source, queue })
    if (queues.size > 0) print.end?.()
  }
  print.close?.()
  if (findings > 0) warn(`${count(findings, 'finding')}, which decode without --pair lists`)
  return exit === EXIT_CLEAN && findings > 0 ? EXIT_FINDINGS : exit
}

interface PairPrinter {
  begin?(): void
  io(io: PlacedIo): void
  end?(): void
  close?(): void
}

/** So many rows are laid out together. */
const TABLE_ROWS = 4096

const PAIR_PRINTERS: Readonly<Record<PairOptions['format'], (options: PairOptions) => PairPrinter>> = {
  text: textPrinter,
  json() {
    const list = new JsonElements('[', 2)
    let any = false
    return {
      io(io) {
        any = true
        list.add(pairJson(io))
      },
      close: () => write(any ? ']\n' : '[]\n'),
    }
  },
  ndjson: () => ({ io: (io) => write(`${jsonText(pairJson(io))}\n`) }),
  csv() {
    write(PAIR_CSV_HEAD)
    return { io: (io) => write(pairCsv(io)) }
  },
}

function textPrinter({ style, width }: PairOptions): PairPrinter {
  let rows: PlacedIo[] = []
  let sums = new PairSums()
  let separator = ''
  const flush = () => {
    if (rows.length === 0) return
    const hasSnapshots = rows.some(({ to }) => to > 0)
    const hasQueues = rows.some(({ queue }) => queue !== undefined)
    write(
      pairTable(rows, { style, width, hasSnapshots, hasQueues })
        .map((line) => `${line}\n`)
        .join(''),
    )
    rows = []
  }
  return {
    begin() {
      write(separator)
      separator = '\n'
      sums = new PairSums()
    },
    io(io) {
      sums.add(io)
      if (rows.push(io) >= TABLE_ROWS) flush()
    },
    end() {
      flush()
      write(`\n${sums.text()}`)
    },
  }
}
