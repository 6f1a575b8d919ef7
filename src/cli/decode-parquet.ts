// The work of `decode --parquet`: every input through columns into a Parquet file, or a dataset of them.
import { Batch } from '../codec/batch/batch.ts'
import { batchJudge } from '../codec/batch/judge-batch.ts'
import { readBatch } from '../codec/batch/read-batch.ts'
import { resolveIndirect } from '../codec/batch/resolve-batch.ts'
import { ringGeometry, slotsWithin } from '../codec/ring/geometry.ts'
import { isBlocked } from '../dump/byte-source.ts'
import { decodeDump } from '../dump/decode-dump.ts'
import { DumpError } from '../dump/dump-error.ts'
import { loadDumps } from '../dump/folder.ts'
import type { RingDump } from '../dump/ring-dump.ts'
import { streamRings } from '../dump/ring-stream.ts'
import { ColumnDecoder, takeRows } from './decode-columns.ts'
import { isSecondStdin, isStream, secondStdin } from './decode-inputs.ts'
import type { DecodeOptions } from './decode-run.ts'
import { deviceName } from './device-name.ts'
import { displayName } from './display-name.ts'
import { EXIT_CLEAN, EXIT_FINDINGS } from './exit-codes.ts'
import { complainOfFindings } from './failure.ts'
import { openParquet, type ParquetOutput, type ParquetPlace } from './parquet-output.ts'
import { cleaningUp } from './signals.ts'
import { dumpOf } from './stream-dump.ts'
import { Watch } from './watch.ts'

/** Rings of one page at a time, of the smallest buffer. */
const RINGS = 64
const MAX_U32 = 0xffff_ffff

/**
 * Writes every used slot of the inputs, and returns the exit code.
 * @throws DumpError for the first input that cannot be read to its end, and for an output that cannot be written: of it
 * nothing is left then
 */
export async function decodeParquet(
  inputs: readonly string[],
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
      for (const [i, input] of inputs.entries()) {
        if (isSecondStdin(inputs, i)) throw secondStdin()
        if (isStream(input, options.pages)) await run.stream(input, watch)
        else
          for (const dump of loadDumps(input, { pages: options.pages, found: options.found })) {
            run.dump(dump, input)
            await watch.turn()
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
    if (run.findings > 0) complainOfFindings(run.findings)
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
  #batch: Batch | undefined

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
  }

  async stream(input: string, watch: Watch): Promise<void> {
    const { pages } = this.#options
    let columns: ColumnDecoder | undefined
    const origin = { device: displayName(input, input), queue: 0, source: displayName(input, input) }
    for await (const chunk of streamRings(input, pages, watch.at)) {
      const { bytes, rings, first, cut } = chunk
      if (cut === undefined) {
        this.#output.from(origin)
        columns ??= new ColumnDecoder(this.#options, this.#output.rowsOf, bytes.length / rings, Math.max(rings, RINGS))
        this.#snapshots = first + rings
        this.findings += columns.print(bytes, this.#before + first)
      } else this.dump(dumpOf(input, Uint8Array.from(bytes), first, cut), input)
      await watch.turn()
    }
  }

  /** One ring with what lies around it. */
  dump(dump: RingDump, input: string): void {
    const { abi, pages } = this.#options
    this.#snapshots = Math.max(this.#snapshots, dump.snapshot + 1)
    const decoded = decodeDump(dump, abi)
    this.findings += decoded.findings.length
    const { geometry } = decoded.ring
    if (this.#batch?.geometry.abi !== geometry.abi || this.#batch.geometry.pages !== geometry.pages)
      this.#batch = new Batch(ringGeometry(geometry.abi, geometry.pages), 1)
    const batch = this.#batch
    readBatch(batch, dump.bytes)
    if (dump.cut !== undefined) batch.rowsAt[1] = Math.min(batch.rowsAt[1]!, slotsWithin(geometry, dump.cut))
    resolveIndirect(batch, 0, dump.indirectPages)
    batchJudge(batch)()
    // What --pages adds is the number of the ring.
    const source = pages === undefined ? dump.source : dump.source.replace(/\[\d+\]$/, '')
    const device = (dump.xenstore && deviceName(dump.xenstore)) ?? displayName(input, input)
    const queue = dump.queue ?? 0
    if (queue > MAX_U32) throw new DumpError(dump.source, 'the number of its queue has more than 32 bits')
    this.#output.from({ device, queue, source: displayName(source, input) })
    const number = this.#before + dump.snapshot
    takeRows(batch, 0, this.#options, { number, queue: dump.queue }, this.#output.rowsOf(batch))
  }
}
