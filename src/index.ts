/**
 * blkring: the shared rings of Xen's PV block protocol, decoded and emitted. Pure: no file system, no Node.
 * What reads files is `blkring/dump`.
 * @module
 */

/** The emulated Linux drivers, and a scripted backend to answer them. */
export * as blkfront from './blkfront/index.ts'
/** Rules over decoded rings. */
export * as check from './check/index.ts'
export * from './codec/index.ts'
/** What differs between two rings, or two moments of one. */
export * as diff from './diff/index.ts'
/** Why a disk hangs. */
export * as doctor from './doctor/index.ts'
/** Hexdumps as people paste them to rings. */
export * as text from './hexdump/index.ts'
/** Rings in memory images: which pages are rings, and what grants and requests name. */
export * as image from './image/index.ts'
/** A ring's bytes with their names, values and meanings, and the picture of its slots. */
export * as inspect from './inspect/index.ts'
/** Scenario files. */
export * as scenario from './scenario/file/index.ts'
/** Scenarios to rings. */
export * as generate from './scenario/player/index.ts'
/** Block traces: the text of blkparse and of ftrace. */
export * as trace from './scenario/trace/index.ts'
/** Recorded vectors against the emulated driver. */
export * as replay from './scenario/vectors/index.ts'
/** Rings in sum. */
export * as stats from './stats/index.ts'
