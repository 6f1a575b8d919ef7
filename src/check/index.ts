/**
 * Rules over decoded rings, over the queues of a device and over series of moments; and which answer each of Linux's blkback, QEMU and
 * tapdisk gives to a request. Rules are rows with an explanation and a source.
 * @module
 */

export type { GrantCondition, Grants } from '../blkback/grants.ts'
export type { BackendReading, Outcome } from '../blkback/model.ts'
export { BACKENDS, type BackendName, type BackendVerdict, backendVerdicts, readByBackend } from '../blkback/verdicts.ts'
export type { DecodedRing } from '../capture/decoded-ring.ts'
export { check } from './check.ts'
export { type Checker, type CheckFinding, createChecker } from './checker.ts'
export { sectorUnitJudged } from './fitting-unit.ts'
export { type Found, type FoundInQueue, type Rule, SEVERITIES, type SeriesWatch, type Severity } from './rule.ts'
export { RULES } from './rules/index.ts'
export type { RingSubject } from './subject.ts'
