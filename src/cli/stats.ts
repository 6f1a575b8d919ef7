// The work of the `stats` command: inputs to figures, figures to text, JSON and a picture.

import type { Abi } from '../codec/struct/abi.ts'
import { writeWhole } from '../dump/write-file.ts'
import { statsJson } from '../render/stats-json.ts'
import { statsSvg } from '../render/stats-svg.ts'
import { statsText } from '../render/stats-text.ts'
import type { Style } from '../render/style.ts'
import { reportOf } from '../stats/report.ts'
import { whereOf } from '../where/where.ts'
import { write } from './output.ts'
import { statsOfInputs } from './stats-inputs.ts'

export interface StatsOptions {
  readonly abi: Abi | undefined
  readonly pages: number | undefined
  readonly where: string | undefined
  readonly json: boolean
  /** The file that the picture is written to. */
  readonly svg: string | undefined
  readonly style: Style
  readonly width: number
}

/** Prints the figures of all rings of the inputs and returns the exit code. */
export async function stats(inputs: readonly string[], options: StatsOptions): Promise<number> {
  const { abi, pages, where: expression, json, svg, style, width } = options
  const where = expression === undefined ? undefined : whereOf(expression)
  const { rings, exit } = await statsOfInputs(inputs, { abi, pages, where })
  const report = reportOf(rings.stats, rings.diskSectors)
  if (report.snapshots === 0) return exit
  const { findings } = rings
  if (svg !== undefined) writeWhole(svg, statsSvg(report, { findings, where: expression }))
  if (json) write(`${JSON.stringify(statsJson(report, findings, expression), null, 2)}\n`)
  else write(statsText(report, { style, width, findings, where: expression }))
  return exit
}
