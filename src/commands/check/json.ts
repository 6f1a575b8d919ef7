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
import type { CHECKED_RING } from './shape.ts'
import type { Counts, Verdicts } from './text.ts'

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

/** @param checked how many rings were looked at */
export function checkJsonClose(checked: number, counts: Counts): string {
  return `],\n  "checked": ${checked},\n  "counts": ${jsonText(counts)}\n}\n`
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
