// The work of `encode`: JSON in, rings out.
import type { Capture } from '../../capture/capture.ts'
import { DumpError } from '../../capture/dump-error.ts'
import { strictTextOf } from '../../capture/encoding.ts'
import { wholeOf } from '../../inputs/listing.ts'
import type { InputOptions } from '../../inputs/open-options.ts'
import { openSource } from '../../node/read/open-file.ts'
import { count } from '../../print/text.ts'
import { EncodeError } from '../../rows/encode/canvas.ts'
import { ringOfJson } from '../../rows/encode/ring-of-json.ts'
import { EXIT_CLEAN } from '../../terminal/exit-codes.ts'
import { warn } from '../../terminal/failure.ts'
import { openedInput } from '../shared/inputs.ts'
import { type RingOutputOptions, type RingToWrite, writeRings } from '../shared/ring-output.ts'

/** As much as one text is read of: some thousand rings. */
const MAX_JSON = 256 * 2 ** 20

export interface EncodeOptions extends RingOutputOptions {
  /** The input whose bytes stay where the JSON says nothing. */
  readonly over: string | undefined
  /** How that is read. */
  readonly reading: InputOptions
}

/** Writes the rings that the JSON has, all of them or none, and returns the exit code. */
export async function encodeFile(file: string, options: EncodeOptions): Promise<number> {
  const name = file === '-' ? 'standard input' : file
  if (file === '-' && options.over === '-') throw new DumpError('-', 'standard input is read once', 'name a file')
  const json = await jsonOf(file, name)
  const rings = Array.isArray(json) ? json : [json]
  if (rings.length === 0) throw new DumpError(name, 'an empty list: no ring to write')
  const beneath = options.over === undefined ? undefined : await capturesOf(options.over, options.reading, rings.length)
  const made = rings.map((ring, n): RingToWrite => {
    try {
      const under = beneath?.[n]
      const encoded = ringOfJson(ring, under)
      warnOfWords(Array.isArray(json) ? `${name}: [${n}]` : name, encoded.contradicted)
      return { ...encoded, xenstore: under?.xenstore }
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error
      throw new DumpError(name, `${Array.isArray(json) ? `[${n}]: ` : ''}${error.message}`)
    }
  })
  await writeRings(made, options)
  return EXIT_CLEAN
}

async function jsonOf(file: string, name: string): Promise<unknown> {
  const source = await openSource(file)
  try {
    await source.ahead(MAX_JSON + 1)
    return JSON.parse(strictTextOf(wholeOf(source, MAX_JSON, 'JSON'), name))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new DumpError(name, `no JSON: ${error.message}`, 'blkring decode --json prints what is read')
  } finally {
    source.close()
  }
}

/** One ring beneath each. */
async function capturesOf(name: string, reading: InputOptions, wanted: number): Promise<readonly Capture[]> {
  const captures: Capture[] = []
  const input = await openedInput(name, reading, {})
  try {
    for (const capture of input.rings()) if (captures.push(capture) > wanted) break
  } finally {
    input.close()
  }
  if (captures.length === wanted) return captures
  const held = captures.length > wanted ? 'more' : `${captures.length}`
  throw new DumpError(name, `${held} where the JSON has ${count(wanted, 'ring')}`, 'take as many as it was made of')
}

function warnOfWords(name: string, slots: readonly number[]): void {
  const [first] = slots
  if (first !== undefined)
    warn(`${name}: op is not the word of operation in ${count(slots.length, 'slot')} (slot ${first}): the number counts`)
}
