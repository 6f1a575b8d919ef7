// The work of the `stats` command: inputs to figures, figures to text, JSON and a picture.

import type { SectorUnitChoice } from '../codec/ring/sector-unit.ts'
import type { Abi } from '../codec/struct/abi.ts'
import { checkPlace, writeWhole } from '../dump/write-file.ts'
import { jsonText } from '../render/printable.ts'
import { statsJson } from '../render/stats-json.ts'
import { SVG_START, statsSvg } from '../render/stats-svg.ts'
import { statsText } from '../render/stats-text.ts'
import type { Style } from '../render/style.ts'
import { reportOf } from '../stats/report.ts'
import { whereOf } from '../where/where.ts'
import { report as reportError } from './failure.ts'
import { write } from './output.ts'
import { statsOfInputs } from './stats-inputs.ts'

export interface StatsOptions {
  readonly abi: Abi | undefined
  readonly pages: number | undefined
  readonly sectorUnit?: SectorUnitChoice | undefined
  readonly where: string | undefined
  readonly json: boolean
  /** The file that the picture is written to. */
  readonly svg: string | undefined
  readonly style: Style
  readonly width: number
}

/** Prints the figures of all rings of the inputs and returns the exit code. Where no ring could be read, nothing is printed. */
export async function stats(inputs: readonly string[], options: StatsOptions): Promise<number> {
  const { abi, pages, sectorUnit, where: expression, json, svg, style, width } = options
  const where = expression === undefined ? undefined : whereOf(expression)
  if (svg !== undefined) checkPlace(svg, { name: 'SVG picture', start: SVG_START })
  const { rings, exit } = await statsOfInputs(inputs, { abi, pages, sectorUnit, where })
  const report = reportOf(rings.stats, rings.diskSectors)
  if (report.snapshots === 0) return exit
  const { findings } = rings
  const saved = svg === undefined ? exit : save(svg, statsSvg(report, { findings, where: expression }), exit)
  if (json) write(`${jsonText(statsJson(report, findings, expression), 2)}\n`)
  else write(statsText(report, { style, width, findings, where: expression }))
  return saved
}

/** What was counted is shown also where the picture cannot be written. @returns the exit code */
function save(path: string, picture: string, exit: number): number {
  try {
    writeWhole(path, picture)
    return exit
  } catch (error) {
    return reportError(error)
  }
}
