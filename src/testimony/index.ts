/**
 * What texts say of rings in words: io_ring, xen-ringwatch, the debug callback of Windows' driver, structs as debuggers print them.
 * @module
 */

export { type IoRing, IoRingError, isIoRing, parseIoRing } from './io-ring.ts'
export { testimonyOfIoRing } from './pasted-io-ring.ts'
export { readTestimonies } from './read.ts'
