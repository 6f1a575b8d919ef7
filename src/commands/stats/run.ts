// The work of the `stats` command: inputs to figures, figures to text, JSON and a picture.

import type { InputOptions } from '../../inputs/open-options.ts'
import { jsonText } from '../../print/printable.ts'
import type { Style } from '../../print/style.ts'
import type { Where } from '../../rows/where/where.ts'
import { reportOf } from '../../stats/report.ts'
import { write } from '../../terminal/output.ts'
import { cleaningUp } from '../../terminal/signals.ts'
import { statsOfInputs } from './inputs.ts'
import { statsJson } from './json.ts'
import type { SvgFile } from './svg-file.ts'
import { statsText } from './text.ts'

export interface StatsOptions extends InputOptions {
  readonly where: string | undefined
  readonly json: boolean
  /** The file that the picture is written to. */
  readonly svg: string | undefined
  /** Replace a picture that is there. */
  readonly force: boolean
  readonly style: Style
  readonly width: number
}

/** Prints the figures of all rings of the inputs and returns the exit code. Where no ring could be read, nothing is printed. */
export async function stats(inputs: readonly string[], options: StatsOptions): Promise<number> {
  const { svg, force, where: expression } = options
  const where = expression === undefined ? undefined : (await import('../../rows/where/where.ts')).whereOf(expression)
  if (svg === undefined) return printStats(inputs, where, undefined, options)
  const { SvgFile } = await import('./svg-file.ts')
  const picture = new SvgFile(svg, force)
  const discard = () => picture.discard()
  return cleaningUp(discard, () => printStats(inputs, where, picture, options).finally(discard))
}

async function printStats(
  inputs: readonly string[],
  where: Where | undefined,
  picture: SvgFile | undefined,
  options: StatsOptions,
): Promise<number> {
  const { where: expression, json, style, width } = options
  const { rings, exit } = await statsOfInputs(inputs, { ...options, where })
  const report = reportOf(rings.stats, rings.diskSectors)
  if (report.snapshots === 0) return exit
  const { findings } = rings
  const saved = picture?.save(report, { findings, where: expression }) ?? exit
  if (json) write(`${jsonText(statsJson(report, findings, expression), 2)}\n`)
  else write(statsText(report, { style, width, findings, where: expression }))
  return saved
}
