// The work of `decode --parquet`: every input through columns into a Parquet file, or a dataset of them.

import type { Capture } from '../../capture/capture.ts'
import { CaptureBatch } from '../../capture/capture-batch.ts'
import { decodeCapture, unitOfStream } from '../../capture/decode-capture.ts'
import { DumpError } from '../../capture/dump-error.ts'
import { displayName } from '../../inputs/display-name.ts'
import { isDump, type RingChunk } from '../../inputs/ring-stream.ts'
import { isBlocked } from '../../node/read/open-file.ts'
import { EXIT_CLEAN, EXIT_FINDINGS } from '../../terminal/exit-codes.ts'
import { warnOfFindings } from '../../terminal/failure.ts'
import { cleaningUp } from '../../terminal/signals.ts'
import { Watch } from '../../terminal/watch.ts'
import { deviceName, numbersOf } from '../../xenstore/names.ts'
import { openedInputs } from '../shared/inputs.ts'
import { ColumnDecoder, takeRows } from './columns.ts'
import { openParquet, type ParquetOutput, type ParquetPlace } from './parquet-output.ts'
import type { DecodeOptions } from './printers.ts'

/** Rings of one page at a time, of the smallest buffer. */
const RINGS = 64
const MAX_U32 = 0xffff_ffff

/**
 * Writes every used slot of the inputs, and returns the exit code.
 * @throws DumpError for the first input that cannot be read to its end, and for an output that cannot be written: of it
 * nothing is left then
 */
export async function decodeParquet(
  names: readonly string[],
  place: ParquetPlace,
  options: Omit<DecodeOptions, 'format' | 'segments'>,
): Promise<number> {
  const output = await openParquet(place)
  const discard = () => output.discard()
  return cleaningUp(discard, async () => {
    const run = new ParquetRun(output, options)
    const watch = new Watch(() => run.snapshots, output.left)
    watch.blocked = isBlocked
    watch.listen()
    try {
      for await (const input of openedInputs(names, options, { asStream: true })) {
        for await (const piece of input.pieces(watch.at)) {
          if (isDump(piece)) run.dump(piece, input.name)
          else run.chunk(piece, input.name)
          await watch.yieldToEventLoop()
        }
        run.endInput()
      }
      output.commit()
    } catch (error) {
      discard()
      throw error
    } finally {
      watch.end()
    }
    if (run.findings > 0) warnOfFindings(run.findings)
    return run.findings > 0 ? EXIT_FINDINGS : EXIT_CLEAN
  })
}

class ParquetRun {
  findings = 0
  /** Snapshots of the inputs before this one, and of this one so far. */
  #before = 0
  #snapshots = 0
  readonly #output: ParquetOutput
  readonly #options: Omit<DecodeOptions, 'format' | 'segments'>
  readonly #batch = new CaptureBatch()
  /** The decoder of the input that is read now. */
  #columns: ColumnDecoder | undefined

  constructor(output: ParquetOutput, options: Omit<DecodeOptions, 'format' | 'segments'>) {
    this.#output = output
    this.#options = options
  }

  get snapshots(): number {
    return this.#before + this.#snapshots
  }

  endInput(): void {
    this.#before += this.#snapshots
    this.#snapshots = 0
    this.#columns = undefined
  }

  chunk({ bytes, rings, first }: RingChunk, input: string): void {
    this.#output.from({ device: displayName(input, input), queue: 0, source: displayName(input, input) })
    this.#columns ??= new ColumnDecoder(
      { ...this.#options, sectorUnit: unitOfStream(input, this.#options.sectorUnit) },
      this.#output,
      bytes.length / rings,
      Math.max(rings, RINGS),
    )
    this.#snapshots = first + rings
    this.findings += this.#columns.print(bytes, this.#before + first)
  }

  /** One ring with what lies around it. */
  dump(dump: Capture, input: string): void {
    const { abi, pages, sectorUnit } = this.#options
    this.#snapshots = Math.max(this.#snapshots, dump.snapshot + 1)
    const decoded = decodeCapture(dump, abi, sectorUnit)
    this.findings += decoded.findings.length
    const batch = this.#batch.read(dump, decoded.ring)
    // What --pages adds is the number of the ring.
    const source = pages === undefined ? dump.source : dump.source.replace(/\[\d+\]$/, '')
    const numbers = dump.xenstore && numbersOf(dump.xenstore)
    const device = (numbers && deviceName(numbers)) ?? displayName(input, input)
    const queue = dump.queue ?? 0
    if (queue > MAX_U32) throw new DumpError(dump.source, 'the number of its queue has more than 32 bits')
    this.#output.from({ device, queue, source: displayName(source, input) })
    const number = this.#before + dump.snapshot
    takeRows(batch, 0, this.#options, { number, queue: dump.queue }, this.#output.rowsOf(batch))
  }
}
