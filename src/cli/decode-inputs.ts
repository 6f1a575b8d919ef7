// The work of `decode`: inputs to rings to text, one ring in memory at a time.
import type { Abi } from '../codec/struct/abi.ts'
import { type DecodedDump, decodeDump } from '../dump/decode-dump.ts'
import { DumpError } from '../dump/dump-error.ts'
import { loadDumps } from '../dump/folder.ts'
import type { RingDump } from '../dump/ring-dump.ts'
import { ringJson, slotJson } from '../render/ring-json.ts'
import { ringText } from '../render/ring-text.ts'
import { type SlotFilter, selectSlots } from '../render/slot-filter.ts'
import type { Style } from '../render/style.ts'
import { displayName } from './display-name.ts'
import { EXIT_CLEAN, EXIT_FINDINGS } from './exit-codes.ts'
import { complain, report } from './failure.ts'
import { JsonList } from './json-list.ts'
import { write } from './output.ts'

export interface DecodeOptions {
  readonly abi: Abi | undefined
  readonly pages: number | undefined
  /** Rings of inputs that are memory images. */
  readonly found?: ReadonlyMap<string, RingDump> | undefined
  readonly filter: SlotFilter
  readonly segments: boolean
  readonly format: 'text' | 'json' | 'ndjson'
}

/** Prints every ring of the inputs and returns the exit code. What cannot be read is reported, and the rest goes on. */
export function decodeInputs(inputs: readonly string[], style: Style, options: DecodeOptions): number {
  let exit = EXIT_CLEAN
  let findings = 0
  let before = 0
  const print = PRINTERS[options.format](options, style, inputs.length)
  const onError = (error: DumpError) => {
    exit = report(error)
  }
  for (const [i, input] of inputs.entries()) {
    if (input === '-' && inputs.indexOf('-') < i) {
      onError(new DumpError('-', 'standard input can be read only once'))
      continue
    }
    let snapshots = 0
    for (const dump of loadDumps(input, { pages: options.pages, onError, found: options.found })) {
      snapshots = Math.max(snapshots, dump.snapshot + 1)
      const source = displayName(dump.source, input)
      const decoded = decodeDump({ ...dump, source, snapshot: before + dump.snapshot }, options.abi)
      findings += decoded.findings.length
      print.ring(decoded)
    }
    before += snapshots
  }
  print.end()
  if (findings > 0 && options.format === 'ndjson') complain(`${findings} findings, which --json lists`)
  return exit === EXIT_CLEAN && findings > 0 ? EXIT_FINDINGS : exit
}

interface Printer {
  ring(decoded: DecodedDump): void
  end(): void
}

const PRINTERS: Readonly<Record<DecodeOptions['format'], (options: DecodeOptions, style: Style, inputs: number) => Printer>> = {
  text: textPrinter,
  json: jsonPrinter,
  ndjson: ndjsonPrinter,
}

function textPrinter({ filter, segments }: DecodeOptions, style: Style): Printer {
  let separator = ''
  return {
    ring(decoded) {
      write(separator + ringText(decoded, { style, filter, segments }))
      separator = '\n'
    },
    end() {},
  }
}

/** One ring of one input is an object, all else an array. */
function jsonPrinter({ filter }: DecodeOptions, _: Style, inputs: number): Printer {
  const list = new JsonList(inputs > 1)
  return { ring: (decoded) => list.add(ringJson(decoded, filter)), end: () => list.end() }
}

/** Snapshots are numbered where there are several: the rings of the first wait until a second comes. */
function ndjsonPrinter({ filter }: DecodeOptions): Printer {
  let waiting: DecodedDump[] = []
  let several = false
  const print = ({ dump, ring }: DecodedDump) => {
    const numbers = { ...(several ? { ring: dump.snapshot } : {}), ...(dump.queue === undefined ? {} : { queue: dump.queue }) }
    for (const slot of selectSlots(ring.slots, filter))
      if (slot.state !== 'unused') write(`${JSON.stringify({ ...numbers, ...slotJson(slot) })}\n`)
  }
  const release = () => {
    for (const decoded of waiting) print(decoded)
    waiting = []
  }
  return {
    ring(decoded) {
      if (!several && decoded.dump.snapshot > 0) {
        several = true
        release()
      }
      if (several) print(decoded)
      else waiting.push(decoded)
    },
    end: release,
  }
}
