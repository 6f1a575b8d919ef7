// The JSON of findings, a ring at a time, so that a long series is never whole in memory.

import {
  type BackendVerdict,
  type CheckFinding,
  type DecodedRing,
  type GrantCondition,
  sectorUnitJudged,
} from '../../check/index.ts'
import { jsonText } from '../../print/printable.ts'
import type { JsonOf } from '../../print/shape.ts'
import { unitJson } from '../../rows/ring-json.ts'
import type { CHECK, CHECKED_RING } from './shape.ts'
import type { Tally } from './tally.ts'
import type { Counts, Verdicts } from './text.ts'

type CheckJson = JsonOf<typeof CHECK>
type CheckedRing = JsonOf<typeof CHECKED_RING>
type VerdictJson = NonNullable<CheckedRing['verdicts']>[number]

export const CHECK_JSON_OPEN = '{\n  "rings": ['

/** A ring with what is wrong with it. @param verdicts undefined where none were asked for */
export function checkedRingJson(
  decoded: DecodedRing,
  findings: readonly CheckFinding[],
  verdicts: Verdicts | undefined,
): CheckedRing {
  const { source, queue, snapshot } = decoded.capture
  return {
    source,
    queue,
    snapshot,
    ...unitJson(sectorUnitJudged(decoded)),
    findings: findings.map(({ rule, slot, offset, message }) => ({
      rule: rule.id,
      severity: rule.severity,
      slot,
      offset,
      message,
    })),
    ...(verdicts && {
      backend: verdicts.backend,
      ...(verdicts.note !== undefined && { note: verdicts.note }),
      verdicts: verdicts.verdicts.map(verdictJson),
    }),
  }
}

/** @param asked which tables were asked for */
export function checkJsonClose(
  { rings, counts, tally }: { readonly rings: number; readonly counts: Counts; readonly tally: Tally | undefined },
  asked: { readonly summary: boolean; readonly unique: boolean },
): string {
  const summary: CheckJson['summary'] = tally?.rules.map(({ rule, findings, rings, example }) => ({
    rule: rule.id,
    severity: rule.severity,
    findings,
    rings,
    example,
  }))
  const kinds: CheckJson['kinds'] = tally?.kinds.map((kind) => ({ ...kind }))
  const tables = [
    ...(asked.summary ? [`,\n  "summary": ${listText(summary)}`] : []),
    ...(asked.unique ? [`,\n  "kinds": ${listText(kinds)}`] : []),
  ]
  return `],\n  "checked": ${rings},\n  "counts": ${jsonText(counts)}${tables.join('')}\n}\n`
}

/** A line an element. */
function listText(values: readonly unknown[] = []): string {
  return values.length === 0 ? '[]' : `[\n    ${values.map((value) => jsonText(value)).join(',\n    ')}\n  ]`
}

function verdictJson({ slot: { slot, index, request, answered }, outcome, test, reading, condition }: BackendVerdict): VerdictJson {
  const doubt = answered === 'no' ? {} : { answered }
  return {
    slot,
    index,
    op: request.op,
    id: String(request.id),
    ...doubt,
    outcome,
    test,
    reading,
    ...(condition && { condition: conditionJson(condition) }),
  }
}

function conditionJson({ maps, writable, met }: GrantCondition): NonNullable<VerdictJson['condition']> {
  return { maps, writable, ...(met && { met }) }
}
