/**
 * Why a disk hangs: which side owes work, the verdicts that moments of its rings allow and how sure they are, what they rest on, and
 * what to look at next. `Devices` sorts moments as they come into devices and queues.
 * @module
 */

export type { FrontendShadow, PrivateIndices, ShadowEntry, Testimony } from '../capture/testimony.ts'
export { type IoRing, IoRingError, isIoRing, parseIoRing, readTestimonies } from '../testimony/index.ts'
export { type Desk, deskOf, type Unplaced } from './desk/desk.ts'
export { caseOf, type DeviceCase } from './desk/device-case.ts'
export { type KnownDevice, placeName } from './desk/places.ts'
export type { Remark } from './desk/weighing.ts'
export { type DeviceHistory, Devices } from './devices.ts'
export { diagnose, momentOf } from './diagnose.ts'
export { type Diagnosis, diagnoseHistory, type Owes, type RingDiagnosis, worst } from './diagnosis.ts'
export { type DriverGuess, fingerprint } from './fingerprint.ts'
export { History, type RingReplaced } from './history.ts'
export type { FrontendName } from './mark.ts'
export { type Bounds, type IndexReading, type Moment, type PartOfMoment, readMoment } from './moment.ts'
export type { NextStep } from './next-steps.ts'
export { joinedParts } from './one-moment.ts'
export { diagnosePart } from './part.ts'
export { slotsCapture, withSlots } from './printed-slots.ts'
export { breakBetween, tieBetween } from './same-ring.ts'
export { SURENESSES, type Sureness } from './sureness.ts'
export { isOfMoment, isWhole as isWholeMoment, momentOfTestimony, withTestimony } from './testimonies.ts'
export { compareVerdicts, VERDICTS, type Verdict, type VerdictName } from './verdict.ts'
export type { WaitingRequest } from './waiting-requests.ts'
