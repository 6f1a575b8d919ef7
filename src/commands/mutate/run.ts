// The work of `mutate`: rings in, many rings out, and a line of what was done to each.
import { tryDecodeCapture } from '../../capture/decode-capture.ts'
import type { DumpError } from '../../capture/dump-error.ts'
import { x86_64 } from '../../codec/struct/abi.ts'
import { displayName } from '../../inputs/display-name.ts'
import type { InputOptions } from '../../inputs/open-options.ts'
import { dictionary } from '../../mutate/dictionary.ts'
import { provenance } from '../../mutate/draft.ts'
import { type MutableRing, mutableRing } from '../../mutate/source.ts'
import type { JsonOf } from '../../print/shape.ts'
import { printable } from '../../print/text.ts'
import { EXIT_CLEAN, EXIT_FAILED } from '../../terminal/exit-codes.ts'
import { report, warn } from '../../terminal/failure.ts'
import { JsonList } from '../../terminal/json-list.ts'
import { write, writeAll } from '../../terminal/output.ts'
import { cleaningUp, yieldToEventLoop } from '../../terminal/signals.ts'
import { openedInputs } from '../shared/inputs.ts'
import { type Makers, makersOf } from './makers.ts'
import type { MutateOptions } from './options.ts'
import type { MADE } from './shape.ts'
import { openMutantSink } from './sink.ts'

/** Rings that are kept to make others of. */
const MAX_SOURCES = 256
/** Rings after which a signal is listened for. */
const RINGS_PER_TURN = 256
const STDERR = 2
const BATCH = 64 * 1024

/** Writes the rings and returns the exit code. */
export async function mutateInputs(names: readonly string[], options: MutateOptions): Promise<number> {
  const { output, json, folders } = options
  if (output === '-' && json) throw new Error('-o - and --json: name a folder')
  const sources = await sourcesOf(names, options, folders)
  if (sources.length === 0) return EXIT_FAILED
  const makers = makersOf(sources, options)
  const sink = openMutantSink(output, options)
  const lines = json ? jsonLines() : output === '-' ? stderrLines() : stdoutLines()
  const work = async () => {
    try {
      await make(makers, options, (n, source, mutant) => lines.add(sink.write(n, source, mutant), source, mutant))
      sink.end()
      lines.end()
      return EXIT_CLEAN
    } finally {
      sink.discard()
    }
  }
  return output === '-' ? work() : cleaningUp(() => sink.discard(), work)
}

async function make(
  makers: Makers,
  { count, seed }: MutateOptions,
  made: (n: number, ...made: ReturnType<Makers['next']>) => void,
) {
  for (let n = 0; n < count; n++) {
    made(n, ...makers.next(seed, n))
    if (n % RINGS_PER_TURN === RINGS_PER_TURN - 1) await yieldToEventLoop()
  }
}

/** A dictionary of the format, and of the references and ids of rings. */
export async function printDictionary(names: readonly string[], options: InputOptions): Promise<number> {
  const sources = names.length === 0 ? [] : await sourcesOf(names, options, false)
  if (names.length > 0 && sources.length === 0) return EXIT_FAILED
  write(dictionary(options.abi ?? sources[0]?.geometry.abi ?? x86_64, sources))
  return EXIT_CLEAN
}

/** What cannot be read is reported, and nothing is made. */
async function sourcesOf(names: readonly string[], options: InputOptions, withPages: boolean): Promise<MutableRing[]> {
  const sources: MutableRing[] = []
  let failed = false
  let more = false
  const onError = (error: DumpError) => {
    report(error)
    failed = true
  }
  for await (const input of openedInputs(names, options, { onError }))
    for (const capture of input.rings()) {
      more = sources.length === MAX_SOURCES
      if (more) break
      const decoded = tryDecodeCapture({ ...capture, source: displayName(capture.source, input.name) }, options, onError)
      if (decoded) sources.push(mutableRing(decoded, withPages))
    }
  if (more) warn(`the first ${MAX_SOURCES} rings are taken`)
  return failed ? [] : sources
}

type Add = (name: string, ...made: ReturnType<Makers['next']>) => void
interface Lines {
  readonly add: Add
  end(): void
}

const lineOf: (...made: Parameters<Add>) => string = (name, { source }, mutant) =>
  `${name}  ${printable(source)}  ${printable(provenance(mutant))}\n`

function stdoutLines(): Lines {
  return { add: (...made) => write(lineOf(...made)), end() {} }
}

/** Beside the bytes on standard output. */
function stderrLines(): Lines {
  let waiting = ''
  const flush = () => {
    writeAll(STDERR, Buffer.from(waiting))
    waiting = ''
  }
  return {
    add(...made) {
      waiting += lineOf(...made)
      if (waiting.length > BATCH) flush()
    },
    end: flush,
  }
}

function jsonLines(): Lines {
  const list = new JsonList(true)
  return {
    add(file, { source }, { changes }) {
      const made: JsonOf<typeof MADE> = { file, source, changes: changes.map((change) => ({ ...change })) }
      list.add(made)
    },
    end: () => list.end(),
  }
}
