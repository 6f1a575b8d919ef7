// The work of `decode --pcapng`: the slots of every input as packets for Wireshark.

import { isatty } from 'node:tty'
import type { Capture } from '../../capture/capture.ts'
import { decodeCapture } from '../../capture/decode-capture.ts'
import { DumpError } from '../../capture/dump-error.ts'
import { displayName } from '../../inputs/display-name.ts'
import { FileWriter } from '../../node/write/write-file.ts'
import { printable } from '../../print/printable.ts'
import { PcapngFile } from '../../rows/pcapng.ts'
import { isUsed, selectSlots } from '../../rows/slot-filter.ts'
import { EXIT_CLEAN, EXIT_FINDINGS } from '../../terminal/exit-codes.ts'
import { warnOfFindings } from '../../terminal/failure.ts'
import { writeBytes } from '../../terminal/output.ts'
import { cleaningUp, yieldToEventLoop } from '../../terminal/signals.ts'
import { FORCE_REPLACES } from '../shared/cures.ts'
import { openedInputs } from '../shared/inputs.ts'
import type { DecodeOptions } from './printers.ts'

const STDOUT = 1
const MAX_U32 = 0xffff_ffff
/** With what a section begins. */
const PCAPNG = { name: 'pcapng', magic: '\n\r\r\n', allowsPipes: true }

type Options = Omit<DecodeOptions, 'format' | 'segments'>

/**
 * Writes every used slot of the inputs, and returns the exit code.
 * @throws DumpError for the first input that cannot be read, and for an output that cannot be written: of it nothing is left then
 */
export async function decodePcapng(
  names: readonly string[],
  { path, force }: { readonly path: string; readonly force: boolean },
  options: Options,
): Promise<number> {
  const to = openOutput(path, force)
  return cleaningUp(
    () => to.discard(),
    async () => {
      let findings = 0
      try {
        const file = new PcapngFile((bytes) => to.write(bytes))
        let before = 0
        for await (const input of openedInputs(names, options, {})) {
          let snapshots = 0
          for (const dump of input.rings()) {
            findings += addRing(file, { ...dump, snapshot: before + dump.snapshot }, input.name, options)
            snapshots = Math.max(snapshots, dump.snapshot + 1)
            await yieldToEventLoop()
          }
          before += snapshots
        }
        to.commit()
      } catch (error) {
        to.discard()
        throw error
      }
      if (findings > 0) warnOfFindings(findings)
      return findings > 0 ? EXIT_FINDINGS : EXIT_CLEAN
    },
  )
}

function openOutput(path: string, force: boolean): { write(bytes: Uint8Array): void; commit(): void; discard(): void } {
  if (path !== '-') return new FileWriter(path, { kind: PCAPNG, replace: force, cures: FORCE_REPLACES })
  if (isatty(STDOUT)) throw new DumpError(path, 'a terminal does not show pcapng', 'name a file')
  return { write: writeBytes, commit() {}, discard() {} }
}

/** @returns how many findings there are of it */
function addRing(file: PcapngFile, dump: Capture, input: string, options: Options): number {
  const { queue = 0, snapshot } = dump
  if (queue > MAX_U32) throw new DumpError(dump.source, 'the number of its queue has more than 32 bits')
  const { ring, findings } = decodeCapture(dump, options.abi, options.sectorUnit)
  // What --pages adds is the number of the ring.
  const source = options.pages === undefined ? dump.source : dump.source.replace(/\[\d+\]$/, '')
  file.from(printable(displayName(source, input)))
  const where =
    options.where && ((slot: Parameters<typeof isUsed>[0]) => options.where!.slot(slot, { snapshot, queue: dump.queue }))
  for (const slot of selectSlots(ring.slots, options.filter, where).filter(isUsed)) {
    const own = findings.filter((finding) => finding.slot === slot.slot)
    file.slot(slot, ring, dump.bytes, { queue, snapshot }, own)
  }
  return findings.length
}
