import type { Style } from '../render/style.ts'
import { scriptOf } from '../scenario/index.ts'
import { emit } from './generate-emit.ts'
import { explainMistake, loadSource } from './generate-source.ts'

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
export async function generate(file: string | undefined, flags: GenerateFlags, style: Style): Promise<number> {
  const { output, force, series, explain, json, unchecked } = flags
  if (output === undefined && !explain && !json)
    throw new Error('where to? -o DIR writes a dump folder, -o - raw pages, --explain shows the requests')
  if (output === '-' && (explain || json))
    throw new Error(`-o - and --${json ? 'json' : 'explain'} both want standard output: name a folder`)
  const text = (name: string) => flags[name] as string | undefined
  const source = await loadSource({
    file,
    fromTrace: text('from-trace'),
    device: text('device'),
    fromVector: text('from-vector'),
    name: text('name'),
    unchecked,
    flags,
  })
  try {
    return emit(scriptOf(source.plain), source.plain, source.notes, style, { output, force, series, explain, json })
  } catch (error) {
    throw explainMistake(error, source, flags)
  }
}
