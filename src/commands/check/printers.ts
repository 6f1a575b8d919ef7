import type { CheckFinding, DecodedRing } from '../../check/index.ts'
import { jsonText } from '../../print/printable.ts'
import type { Style } from '../../print/style.ts'
import { warn } from '../../terminal/failure.ts'
import { write } from '../../terminal/output.ts'
import { CHECK_JSON_OPEN, checkedRingJson, checkJsonClose } from './json.ts'
import type { CheckOptions } from './run.ts'
import { sarifClose, sarifOpen, sarifResult } from './sarif.ts'
import { type Counts, countsText, findingsText, type Verdicts, verdictsText } from './text.ts'

export type CheckFormat = 'text' | 'json' | 'sarif'

interface Printer {
  /** @param findings those grave enough @param verdicts where a backend was named */
  ring(decoded: DecodedRing, findings: readonly CheckFinding[], verdicts: Verdicts | undefined): void
  /** @param rings how many were checked @param complete every input could be read */
  end(rings: number, counts: Counts, complete: boolean): void
}

export const CHECK_PRINTERS: Readonly<Record<CheckFormat, (options: CheckOptions, style: Style) => Printer>> = {
  text: ({ severity, width }, style) => ({
    ring(decoded, findings, verdicts) {
      if (verdicts) write(verdictsText(decoded, verdicts, { style, width }))
      if (findings.length > 0) write(findingsText(decoded, findings, { style, width }))
    },
    end(rings, counts) {
      if (rings > 0) write(countsText(rings, counts, severity, { style, width }))
    },
  }),

  json: () => {
    let separator = ''
    write(CHECK_JSON_OPEN)
    return {
      ring(decoded, findings, verdicts) {
        if (findings.length === 0 && !verdicts) return
        write(`${separator}\n${jsonText(checkedRingJson(decoded, findings, verdicts), 2)}`)
        separator = ','
      },
      end: (rings, counts) => write(checkJsonClose(rings, counts)),
    }
  },

  sarif: ({ rules, version }) => {
    let separator = ''
    write(sarifOpen(rules, version))
    return {
      ring(_, findings) {
        for (const finding of findings) {
          write(`${separator}\n${jsonText(sarifResult(finding, rules))}`)
          separator = ','
        }
      },
      end(rings, _, complete) {
        write(sarifClose(complete))
        if (rings === 0) warn('no ring was checked')
      },
    }
  },
}
