// Checks a dump folder as the command does, without printing.
import { join } from 'node:path'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { type CheckFinding, createChecker, SEVERITIES, type Severity } from '../../src/check/index.ts'
import { loadDumps } from '../../src/node/read/load.ts'

export const dumps = join(import.meta.dirname, '../../dumps')

/** All findings, those between queues last. */
export function checkFolder(path: string): CheckFinding[] {
  const checker = createChecker()
  const findings = [...loadDumps(path)].flatMap((dump) => checker.ring(decodeCapture(dump)))
  return [...findings, ...checker.end()]
}

/** Ids of the rules that found something, each once, by name. */
export function rulesFiring(path: string, least: Severity = 'note'): string[] {
  const limit = SEVERITIES.indexOf(least)
  const grave = checkFolder(path).filter(({ rule }) => SEVERITIES.indexOf(rule.severity) <= limit)
  return [...new Set(grave.map(({ rule }) => rule.id))].sort()
}
