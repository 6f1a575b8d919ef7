import type { CheckFinding, DecodedRing } from '../../check/index.ts'
import type { Style } from '../../print/style.ts'
import { warn } from '../../terminal/failure.ts'
import { JsonElements } from '../../terminal/json-list.ts'
import { write } from '../../terminal/output.ts'
import { CHECK_JSON_OPEN, checkedRingJson, checkJsonClose } from './json.ts'
import type { CheckFormat, CheckOptions } from './options.ts'
import { sarifClose, sarifOpen, sarifResult } from './sarif.ts'
import type { Tally } from './tally.ts'
import { kindsText, rulesTallyText } from './tally-text.ts'
import { type Counts, countsText, findingsText, type Verdicts, verdictsText } from './text.ts'

/** What was looked at in all. */
export interface Checked {
  readonly rings: number
  readonly counts: Counts
  /** Every input could be read. */
  readonly complete: boolean
  /** Where it was asked for. */
  readonly tally: Tally | undefined
}

interface Printer {
  /** @param findings those grave enough @param verdicts where a backend was named */
  ring(decoded: DecodedRing, findings: readonly CheckFinding[], verdicts: Verdicts | undefined): void
  end(checked: Checked): void
}

export const CHECK_PRINTERS: Readonly<Record<CheckFormat, (options: CheckOptions, style: Style) => Printer>> = {
  text: ({ severity, width, summary, unique }, style) => ({
    ring(decoded, findings, verdicts) {
      if (verdicts) write(verdictsText(decoded, verdicts, { style, width }))
      if (findings.length > 0) write(findingsText(decoded, findings, { style, width }))
    },
    end({ rings, counts, tally }) {
      if (tally && summary) write(rulesTallyText(tally, { style, width }))
      if (tally && unique) write(kindsText(tally, { style, width }))
      if (rings > 0) write(countsText(rings, counts, severity, { style, width }))
    },
  }),

  json: ({ summary, unique }) => {
    write(CHECK_JSON_OPEN)
    const rings = new JsonElements('\n', 2)
    return {
      ring(decoded, findings, verdicts) {
        if (findings.length > 0 || verdicts) rings.add(checkedRingJson(decoded, findings, verdicts))
      },
      end: (checked) => write(checkJsonClose(checked, { summary, unique })),
    }
  },

  sarif: ({ rules, version }) => {
    write(sarifOpen(rules, version))
    const results = new JsonElements('\n')
    return {
      ring(_, findings) {
        for (const finding of findings) results.add(sarifResult(finding, rules))
      },
      end({ rings, complete }) {
        write(sarifClose(complete))
        if (rings === 0) warn('no ring was checked')
      },
    }
  },
}
