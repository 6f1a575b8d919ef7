// The room's surface: from a ring to what a Linux driver would have written for the same I/O.
export { type LinuxRing, linuxRing } from './linux.ts'
export { ioOfRing, joinHalves } from './ring-io.ts'
export { type RingToEmit, ringToEmit } from './ring-to-emit.ts'
export { bytesOf, sameAs, type WrittenBytes, writesRing } from './same.ts'
export type { AskedTerms, RingTerms } from './terms.ts'
export { LARGEST_PAGE, tellOfPairs } from './two-slots.ts'
