import type { CheckFinding, DecodedRing } from '../../check/index.ts'
import type { Style } from '../../print/style.ts'
import { warn } from '../../terminal/failure.ts'
import { JsonElements } from '../../terminal/json-list.ts'
import { write } from '../../terminal/output.ts'
import { CHECK_JSON_OPEN, checkedRingJson, checkJsonClose } from './json.ts'
import type { CheckFormat, CheckOptions } from './options.ts'
import { sarifClose, sarifOpen, sarifResult } from './sarif.ts'
import { type Counts, countsText, findingsText, type Verdicts, verdictsText } from './text.ts'

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
    write(CHECK_JSON_OPEN)
    const rings = new JsonElements('\n', 2)
    return {
      ring(decoded, findings, verdicts) {
        if (findings.length > 0 || verdicts) rings.add(checkedRingJson(decoded, findings, verdicts))
      },
      end: (checked, counts) => write(checkJsonClose(checked, counts)),
    }
  },

  sarif: ({ rules, version }) => {
    write(sarifOpen(rules, version))
    const results = new JsonElements('\n')
    return {
      ring(_, findings) {
        for (const finding of findings) results.add(sarifResult(finding, rules))
      },
      end(rings, _, complete) {
        write(sarifClose(complete))
        if (rings === 0) warn('no ring was checked')
      },
    }
  },
}
