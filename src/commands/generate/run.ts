import type { Sheet } from '../../print/style.ts'
import { scriptOf } from '../../scenario/file/index.ts'
import { type InputFlags, inputOptions } from '../shared/input-flags.ts'
import { emit } from './emit.ts'
import { Printer } from './print.ts'
import { explainMistake, loadSource, type Source, type SourceOptions } from './source.ts'

export interface GenerateFlags {
  readonly output?: string | undefined
  readonly force: boolean
  readonly series: boolean
  readonly explain: boolean
  readonly json: boolean
  readonly unchecked: boolean
  readonly [name: string]: unknown
}

/** From a scenario of any source to its output; returns the exit code. */
export async function generate(file: string | undefined, flags: GenerateFlags, sheet: Sheet): Promise<number> {
  const { output, explain, json } = flags
  if (output === undefined && !explain && !json)
    throw new Error('where to? -o DIR writes a dump folder, -o - raw pages, --explain shows the requests')
  if (output === '-' && (explain || json))
    throw new Error(`-o - and --${json ? 'json' : 'explain'} both want standard output: name a folder`)
  const printer = new Printer({ output, explain, json }, sheet)
  try {
    const source = await loadSource(sourceOptions(file, flags))
    return await emitted(source, flags, printer)
  } catch (error) {
    await printer.fail(error)
    throw error
  }
}

function sourceOptions(file: string | undefined, flags: GenerateFlags): SourceOptions {
  const text = (name: string) => flags[name] as string | undefined
  return {
    file,
    fromTrace: text('from-trace'),
    device: text('device'),
    fromVector: text('from-vector'),
    name: text('name'),
    fromRing: text('from-ring'),
    ring: {
      ...inputOptions({ ...(flags as unknown as InputFlags), abi: text('abi') ?? 'auto' }),
      queue: flags['queue'] as number | undefined,
      snapshot: flags['snapshot'] as number | undefined,
    },
    unchecked: flags.unchecked,
    flags,
  }
}

async function emitted(source: Source, flags: GenerateFlags, printer: Printer): Promise<number> {
  const { output, force, series } = flags
  try {
    // What somebody sent is bounded; what the user spells out here, and what a trace's own length stands for, is not.
    const most =
      flags['from-trace'] === undefined && flags['from-ring'] === undefined && source.name !== undefined
        ? undefined
        : Number.POSITIVE_INFINITY
    return await emit(scriptOf(source.plain, most), source, printer, { output, force, series })
  } catch (error) {
    throw explainMistake(error, source, flags)
  }
}
