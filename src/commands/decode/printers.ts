// The work of `decode`: rings in, text out, and what the exit code will be. `decodeInputs` feeds it ring by ring,
// `decodeStreams` many rings at a time.

import type { Capture } from '../../capture/capture.ts'
import { type DecodedCapture, tryDecodeCapture } from '../../capture/decode-capture.ts'
import type { DumpError } from '../../capture/dump-error.ts'
import { displayName } from '../../inputs/display-name.ts'
import type { InputOptions } from '../../inputs/open-options.ts'
import { jsonText } from '../../print/printable.ts'
import type { Style } from '../../print/style.ts'
import { csvOf } from '../../rows/csv.ts'
import { lineJson, ringJson } from '../../rows/ring-json.ts'
import type { RowOrigin } from '../../rows/row-table.ts'
import { isUsed, type SlotFilter, type SlotTest, selectSlots, type UsedSlot } from '../../rows/slot-filter.ts'
import type { Where } from '../../rows/where/where.ts'
import { EXIT_CLEAN, EXIT_FINDINGS } from '../../terminal/exit-codes.ts'
import { report, warnOfFindings } from '../../terminal/failure.ts'
import { JsonList } from '../../terminal/json-list.ts'
import { write } from '../../terminal/output.ts'
import { ringText } from './text.ts'

export interface DecodeOptions extends InputOptions {
  readonly filter: SlotFilter
  readonly segments: boolean
  /** Cells of a line of text; nothing is folded without it. */
  readonly width?: number | undefined
  readonly format: 'text' | 'json' | 'ndjson' | 'csv'
  /** The test that slots must pass to be printed. */
  readonly where?: Where | undefined
}

/** Rings of which the first has that place in the series, to be printed when it is known whether there are several. */
export interface Printable {
  readonly snapshot: number
  readonly rings: number
  print(several: boolean): void
}

export class DecodeRun {
  exit = EXIT_CLEAN
  findings = 0
  /** Snapshots of the inputs before this one, and of this one so far. */
  #before = 0
  #snapshots = 0
  readonly #printer: Printer
  readonly #options: DecodeOptions

  constructor(inputs: number, style: Style, options: DecodeOptions) {
    this.#options = options
    this.#printer = PRINTERS[options.format](options, style, inputs)
  }

  get snapshots(): number {
    return this.#before + this.#snapshots
  }

  onError = (error: DumpError): void => {
    this.exit = report(error)
  }

  ring(dump: Capture, input: string): void {
    const source = displayName(dump.source, input)
    this.#snapshots = Math.max(this.#snapshots, dump.snapshot + 1)
    const decoded = tryDecodeCapture({ ...dump, source, snapshot: this.#before + dump.snapshot }, this.#options, this.onError)
    if (!decoded) return
    this.findings += decoded.findings.length
    this.#printer.ring(decoded)
  }

  /** Rings that print themselves. @param first place of the first of them in the input */
  rings(first: number, rings: number, print: (number: number | undefined) => void): void {
    const snapshot = this.#before + first
    this.#snapshots = Math.max(this.#snapshots, first + rings)
    this.#printer.add?.({ snapshot, rings, print: (several) => print(several ? snapshot : undefined) })
  }

  endInput(): void {
    this.#before += this.#snapshots
    this.#snapshots = 0
  }

  /** @returns the exit code */
  end(): number {
    this.#printer.end()
    const { format } = this.#options
    if (this.findings > 0 && (format === 'ndjson' || format === 'csv')) warnOfFindings(this.findings)
    return this.exit === EXIT_CLEAN && this.findings > 0 ? EXIT_FINDINGS : this.exit
  }
}

interface Printer {
  ring(decoded: DecodedCapture): void
  add?(printable: Printable): void
  end(): void
}

const PRINTERS: Readonly<Record<DecodeOptions['format'], (options: DecodeOptions, style: Style, inputs: number) => Printer>> = {
  text: textPrinter,
  json: jsonPrinter,
  ndjson: (options) => linePrinter(options, '', (slot, origin) => `${jsonText(lineJson(slot, origin))}\n`),
  csv: (options) => {
    const { head, line } = csvOf(options.sectorUnit !== undefined)
    return linePrinter(options, head, line)
  },
}

/** What --where says of the slots of a ring; undefined without it. */
function chosen({ where }: DecodeOptions, { capture }: DecodedCapture): SlotTest | undefined {
  return where && ((slot) => where.slot(slot, { snapshot: capture.snapshot, queue: capture.queue }))
}

function textPrinter(options: DecodeOptions, style: Style): Printer {
  const { filter, segments, width } = options
  let separator = ''
  return {
    ring(decoded) {
      write(separator + ringText(decoded, { style, width, filter, where: chosen(options, decoded), segments }))
      separator = '\n'
    },
    end() {},
  }
}

/** One ring of one input is an object, all else an array. */
function jsonPrinter(options: DecodeOptions, _: Style, inputs: number): Printer {
  const list = new JsonList(inputs > 1)
  return { ring: (decoded) => list.add(ringJson(decoded, options.filter, chosen(options, decoded))), end: () => list.end() }
}

type Line = (slot: UsedSlot, origin: RowOrigin) => string

/** Snapshots are numbered where there are several: the rings of the first wait until a second comes. */
function linePrinter(options: DecodeOptions, head: string, line: Line): Printer {
  let waiting: Printable[] = []
  let several = false
  if (head !== '') write(head)
  const release = () => {
    for (const printable of waiting) printable.print(several)
    waiting = []
  }
  const add = (printable: Printable) => {
    if (!several && printable.snapshot + printable.rings > 1) {
      several = true
      release()
    }
    if (several) printable.print(several)
    else waiting.push(printable)
  }
  return {
    add,
    ring(decoded) {
      const { capture, ring } = decoded
      const print = (several: boolean) => {
        const origin = { snapshot: several ? capture.snapshot : undefined, queue: capture.queue, sector_unit: ring.sectorUnit }
        // What continues another has no line of its own: the line of its request has all segments.
        for (const slot of selectSlots(ring.slots, options.filter, chosen(options, decoded)).filter(isUsed))
          write(line(slot, origin))
      }
      add({ snapshot: capture.snapshot, rings: 1, print })
    },
    end: release,
  }
}
