// The work of `decode`: inputs to rings to text, one ring in memory at a time.
import type { Abi } from '../codec/struct/abi.ts'
import { type DecodedDump, decodeDump } from '../dump/decode-dump.ts'
import { DumpError } from '../dump/dump-error.ts'
import { loadDumps } from '../dump/folder.ts'
import { ringJson, slotJson } from '../render/ring-json.ts'
import { ringText } from '../render/ring-text.ts'
import { type SlotFilter, selectSlots } from '../render/slot-filter.ts'
import type { Style } from '../render/style.ts'
import { displayName } from './display-name.ts'
import { EXIT_CLEAN, EXIT_FINDINGS } from './exit-codes.ts'
import { report } from './failure.ts'
import { write } from './output.ts'

export interface DecodeOptions {
  readonly abi: Abi | undefined
  readonly pages: number | undefined
  readonly filter: SlotFilter
  readonly segments: boolean
  readonly format: 'text' | 'json' | 'ndjson'
}

/** Prints every ring of the inputs and returns the exit code. An input that fails is reported, and the others go on. */
export function decodeInputs(inputs: readonly string[], style: Style, options: DecodeOptions): number {
  let exit = EXIT_CLEAN
  const print = PRINTERS[options.format](options, style)
  let before = 0
  for (const input of inputs) {
    let snapshots = 0
    try {
      for (const dump of loadDumps(input, { pages: options.pages })) {
        snapshots = Math.max(snapshots, dump.snapshot + 1)
        const named = { ...dump, source: displayName(dump.source), snapshot: before + dump.snapshot }
        const decoded = decodeDump(named, options.abi)
        if (decoded.findings.length > 0) exit = Math.max(exit, EXIT_FINDINGS)
        print.ring(decoded)
      }
    } catch (error) {
      if (!(error instanceof DumpError)) throw error
      exit = Math.max(exit, report(error))
    }
    before += snapshots
  }
  print.end()
  return exit
}

interface Printer {
  ring(decoded: DecodedDump): void
  end(): void
}

const PRINTERS: Readonly<Record<DecodeOptions['format'], (options: DecodeOptions, style: Style) => Printer>> = {
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

/** One ring is an object, several are an array: the first waits until it is known whether a second comes. */
function jsonPrinter({ filter }: DecodeOptions): Printer {
  let first: string | undefined
  let several = false
  return {
    ring(decoded) {
      const text = JSON.stringify(ringJson(decoded, filter), null, 2)
      if (first === undefined) first = text
      else {
        write(several ? `,\n${text}` : `[${first},\n${text}`)
        several = true
      }
    },
    end() {
      if (several) write(']\n')
      else if (first !== undefined) write(`${first}\n`)
    },
  }
}

/** Snapshots are numbered where there are several: the rings of the first wait until a second comes. */
function ndjsonPrinter({ filter }: DecodeOptions): Printer {
  let waiting: DecodedDump[] = []
  let several = false
  const print = ({ dump, ring }: DecodedDump) => {
    const numbers = { ...(several ? { ring: dump.snapshot } : {}), ...(dump.queue === undefined ? {} : { queue: dump.queue }) }
    for (const slot of selectSlots(ring, filter))
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
