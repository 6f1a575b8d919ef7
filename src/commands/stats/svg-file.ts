// The picture of `--svg` as a file. Apart from the other work of `stats`, since most runs draw none.

import { FileWriter } from '../../node/write/write-file.ts'
import type { Report } from '../../stats/report.ts'
import { report as reportError } from '../../terminal/failure.ts'
import { FORCE_REPLACES } from '../shared/cures.ts'
import { SVG_START, statsSvg } from './svg.ts'

const SVG = { name: 'SVG', magic: SVG_START, allowsPipes: true }

export class SvgFile {
  readonly #file: FileWriter

  /** @param force replace a picture that is there @throws DumpError where the file may not be written */
  constructor(path: string, force: boolean) {
    this.#file = new FileWriter(path, { kind: SVG, replace: force, cures: FORCE_REPLACES })
  }

  /** Draws it. Where it cannot be written, that is reported: what was counted is shown also then. @returns the exit code of that */
  save(report: Report, about: Parameters<typeof statsSvg>[1]): number | undefined {
    try {
      this.#file.write(Buffer.from(statsSvg(report, about)))
      this.#file.commit()
      return undefined
    } catch (error) {
      return reportError(error)
    }
  }

  /** Leaves nothing behind of a picture that was not saved. */
  discard(): void {
    this.#file.discard()
  }
}
