// Where `generate` takes its scenario from: a file, flags, a block trace or a recorded vector. All become a scenario file's plain
// value, which is what scenario.json says.
import { DumpError } from '../../capture/dump-error.ts'
import { strictTextOf } from '../../capture/encoding.ts'
import { ringGeometry } from '../../codec/ring/geometry.ts'
import { abiByName } from '../../codec/struct/abi.ts'
import { packingOf, SNIFF_BYTES, unpackWhole } from '../../inputs/packing.ts'
import { openFile } from '../../node/read/open-file.ts'
import { UNPACKERS } from '../../node/read/unpackers.ts'
import { count } from '../../print/text.ts'
import { fileOfScenario, type PlainScenario, parseScenarioText, ScenarioError, scriptOf } from '../../scenario/file/index.ts'
import { queueDepth, stepsOfTrace } from '../../scenario/player/index.ts'
import { type BlockTrace, parseBlockTrace, TraceError } from '../../scenario/trace/index.ts'
import { scenarioOf, VectorError, vectorOf } from '../../scenario/vector.ts'
import { warn } from '../../terminal/failure.ts'
import type { RingChoice } from '../shared/choose-ring.ts'
import { configOfFlags, flagOfPath, workloadOfFlags } from './flags.ts'
import { fromRing } from './from-ring.ts'
import type { FromRingReport } from './ring-report.ts'

export interface SourceOptions {
  readonly file: string | undefined
  readonly fromTrace: string | undefined
  readonly device: string | undefined
  readonly fromVector: string | undefined
  readonly name: string | undefined
  readonly fromRing?: string | undefined
  /** How that is read. */
  readonly ring?: RingChoice
  readonly unchecked: boolean
  /** All flags as given, by name. */
  readonly flags: Readonly<Record<string, unknown>>
}

export interface Source {
  /** The input as the user named it; undefined where flags make the scenario. */
  readonly name: string | undefined
  readonly plain: PlainScenario
  /** What a reader of the report should know of the way here. */
  readonly notes: readonly string[]
  /** Of --from-ring. */
  readonly ringReport?: FromRingReport
}

const MIB = 2 ** 20
const MAX_FILE = 512 * MIB
/** Of a packed file: as much as other packed inputs may unpack to, or so many times its own bytes, which text never shrinks to. */
const MIN_UNPACKED = 64 * MIB
const MAX_RATIO = 64

export async function loadSource(options: SourceOptions): Promise<Source> {
  const { file, fromTrace, fromVector } = options
  const workload = workloadOfFlags(options.flags)
  const named = [file, fromTrace, fromVector, options.fromRing].filter((s) => s !== undefined)
  if (named.length > 1) throw new Error(`${named.join(' and ')}: one scenario at a time`)
  if (options.fromRing !== undefined && options.ring) return fromRingFile(options.fromRing, options.ring, options)
  if (fromTrace !== undefined) return fromTraceFile(fromTrace, options)
  if (workload && named.length > 0)
    throw new Error(`${named[0]}: flags of a workload (--op, --bs, --count, ...) make a scenario of their own`)
  if (fromVector !== undefined) return fromVectorFile(fromVector, options)
  if (file !== undefined) return fromFile(file, options)
  if (!workload)
    throw new Error('nothing to generate: name a scenario file, or give --op, --from-trace, --from-vector or --from-ring')
  return { name: undefined, plain: withFlags({ steps: [{ workload }] }, options), notes: [] }
}

/** A mistake, told by the file and the key, or by the flag that it came from. */
export function explainMistake(error: unknown, { name }: Pick<Source, 'name'>, flags: Readonly<Record<string, unknown>>): unknown {
  if (!(error instanceof ScenarioError)) return error
  const flag = flagOfPath(error.path, flags)
  const problem = error.path === '' ? error.message : error.message.slice(error.path.length + 2)
  if (flag !== undefined) return new Error(`${flag}: ${problem}`)
  return new Error(name === undefined ? error.message : `${name === '-' ? 'standard input' : name}: ${error.message}`)
}

async function fromFile(file: string, options: SourceOptions): Promise<Source> {
  try {
    const plain = await parseScenarioText(textOf(file), () => import('yaml'))
    if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) scriptOf(plain)
    return { name: file, plain: withFlags(plain as PlainScenario, options), notes: [] }
  } catch (error) {
    throw explainMistake(error, { name: file }, {})
  }
}

async function fromRingFile(path: string, ring: RingChoice, { flags, unchecked }: SourceOptions): Promise<Source> {
  if (unchecked) throw new Error('--from-ring asks what Linux would write: --unchecked says what no driver would')
  try {
    return { name: path, ...(await fromRing(path, ring, flags)) }
  } catch (error) {
    throw explainMistake(error, { name: path }, flags)
  }
}

function fromTraceFile(path: string, options: SourceOptions): Source {
  const base = withFlags({ steps: [] }, options)
  try {
    const trace = parseBlockTrace(textOf(path), options.device)
    const { config } = scriptOf(base)
    const nr_ents = ringGeometry(abiByName(config.abi)!, config.ringPages).nr_ents
    const made = stepsOfTrace(trace, { config, depth: queueDepth({ config }, nr_ents), offset: offsetOf(base, options) })
    const notes = [
      `${trace.format} of device ${trace.device}: ${count(made.issued, 'request')} issued, ${made.completed} completed`,
      made.unfit > 0 ? `${count(made.unfit, 'request')} left out: not for this device, or without data` : '',
      made.unmatched > 0 ? `${count(made.unmatched, 'completion')} of requests issued before the trace` : '',
      made.cut > 0 ? `${count(made.cut, 'request')} larger than the driver takes, cut` : '',
      made.early > 0 ? `${count(made.early, 'request')} answered early: the driver takes no more at a time` : '',
      made.late > 0 ? `${count(made.late, 'completion')} of requests that were left out or answered early` : '',
      trace.otherDevices > 0 ? `${count(trace.otherDevices, 'event')} of other devices left out` : '',
      trace.otherEvents > 0 ? `${count(trace.otherEvents, 'line')} left out: neither issued nor completed` : '',
      trace.skipped > 0 ? `${count(trace.skipped, 'line')} skipped: not understood (${numbersOf(trace)})` : '',
    ].filter((note) => note !== '')
    const [, ...unused] = notes
    if (unused.length > 0) warn(`${path === '-' ? 'standard input' : path}: ${unused.join('; ')}`)
    return { name: path, plain: { ...base, steps: made.steps }, notes }
  } catch (error) {
    if (error instanceof TraceError) throw new Error(`${path}: ${error.message}`)
    throw explainMistake(error, { name: undefined }, options.flags)
  }
}

/** `line 3`, `lines 2, 3, 4`, and how many more. */
function numbersOf({ skipped, skippedLines }: BlockTrace): string {
  const more = skipped - skippedLines.length
  return `${skipped === 1 ? 'line' : 'lines'} ${skippedLines.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** Where a trace's buffers begin, which it does not tell: the one flag of a workload that it goes with. */
function offsetOf(base: PlainScenario, { flags }: SourceOptions): number {
  const { offset = 0, ...others } = workloadOfFlags(flags) ?? {}
  const [other] = Object.keys(others)
  if (other !== undefined) throw new Error(`--from-trace says what is asked for: of a workload's flags it takes --offset only`)
  const [step] = scriptOf({ ...base, steps: [{ workload: { offset, bs: 512 } }] }).steps
  const [request] = step?.type === 'workload' ? step.workload.requests() : []
  return request?.segments[0]?.[1] ?? 0
}

function fromVectorFile(path: string, options: SourceOptions): Source {
  const { name } = options
  const names: string[] = []
  for (const [at, line] of textOf(path).split('\n').entries()) {
    if (line.trim() === '') continue
    try {
      const vector = vectorOf(JSON.parse(line))
      if (name === undefined || vector.name === name)
        return { name: path, plain: withFlags(fileOfScenario(scenarioOf(vector)), options), notes: [`vector ${vector.name}`] }
      names.push(vector.name)
    } catch (error) {
      if (error instanceof VectorError || error instanceof SyntaxError) throw new Error(`${path}: line ${at + 1}: ${error.message}`)
      throw error
    }
  }
  if (names.length === 0) throw new Error(`${path}: holds no vector`)
  const some = names.slice(0, 5).join(', ')
  throw new Error(
    `${path}: no vector is called ${name}; there ${names.length === 1 ? 'is' : 'are'} ${names.length}: ${some}${names.length > 5 ? ', ...' : ''}`,
  )
}

/** The flags say their keys over the file's. */
function withFlags(plain: PlainScenario, { flags, unchecked }: SourceOptions): PlainScenario {
  const result: Record<string, unknown> = { ...plain }
  for (const [path, value] of configOfFlags(flags)) {
    const [key, inner] = path.split('.') as [string, string | undefined]
    if (inner === undefined) result[key] = value
    else result[key] = { ...(isMap(result[key]) ? result[key] : {}), [inner]: value }
  }
  if (flags['first-gref'] !== undefined) delete result['free_list']
  if (unchecked) result['unchecked'] = true
  return result
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function maxUnpacked(packed: number): number {
  return Math.min(MAX_FILE, Math.max(MIN_UNPACKED, Math.floor((MAX_RATIO * packed) / MIB) * MIB))
}

/** The text of a file or of standard input, unpacked where it is packed, in UTF-8 or UTF-16. */
function textOf(path: string): string {
  const source = openFile(path)
  try {
    const packing = packingOf(source.peek(SNIFF_BYTES), UNPACKERS)
    const whole = packing ? unpackWhole(source, packing, maxUnpacked(source.peek(MAX_FILE).length)) : source
    const bytes = whole.readAll(MAX_FILE)
    if (!bytes) throw new DumpError(path, `more than ${MAX_FILE} bytes`)
    return strictTextOf(bytes, path)
  } finally {
    source.close()
  }
}
