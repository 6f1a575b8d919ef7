/**
 * What is on the shared rings of Xen's PV block devices, and what it means: a ring from its bytes, a capture with what lies beside it,
 * and one call each to check it, to say why a disk hangs, and to compare. Each room of the library has all of its own under its name,
 * `blkring/struct`, `blkring/ring`, `blkring/check` and so on. Pure: what reads files is `blkring/node`.
 * @module
 */

export { type Capture, captureOf } from './capture/capture.ts'
export { type DecodedCapture, decodeCapture } from './capture/decode-capture.ts'
export { check } from './check/check.ts'
export type { CheckFinding } from './check/checker.ts'
export { type AbiGuess, guessAbi } from './codec/recognise/score.ts'
export type { Certainty } from './codec/ring/answered.ts'
export { type DecodeRingOptions, decodeRing } from './codec/ring/decode-ring.ts'
export type { Finding } from './codec/ring/finding.ts'
export type { Request } from './codec/ring/request.ts'
export type { Response, Ring, Slot } from './codec/ring/ring.ts'
export { ABIS, type Abi, abiByName, arm, x86_32, x86_64 } from './codec/struct/abi.ts'
export { diff } from './diff/diff.ts'
export type { DeviceDiff } from './diff/model.ts'
export { diagnose } from './doctor/diagnose.ts'
export type { Diagnosis } from './doctor/diagnosis.ts'
export { parseXenstore } from './xenstore/devices.ts'
