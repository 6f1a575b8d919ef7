// The JSON of findings, a ring at a time, so that a long series is never whole in memory.

import {
  type BackendVerdict,
  type CheckFinding,
  type DecodedRing,
  type GrantCondition,
  sectorUnitJudged,
} from '../../check/index.ts'
import { jsonText } from '../../print/printable.ts'
import { type Json, unitJson } from '../../rows/ring-json.ts'
import type { Counts, Verdicts } from './text.ts'

export const CHECK_JSON_OPEN = '{\n  "rings": ['

/** A ring with what is wrong with it. @param verdicts undefined where none were asked for */
export function checkedRingJson(decoded: DecodedRing, findings: readonly CheckFinding[], verdicts: Verdicts | undefined): Json {
  const { source, queue, snapshot } = decoded.capture
  return {
    source,
    queue,
    ring: snapshot,
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

function verdictJson({ slot: { slot, index, request, answered }, outcome, test, reading, condition }: BackendVerdict): Json {
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

function conditionJson({ maps, writable, met }: GrantCondition): Json {
  return { maps, writable, ...(met && { met }) }
}
