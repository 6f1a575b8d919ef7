/**
 * blkring: the shared rings of Xen's PV block protocol, decoded and emitted.
 * @module
 */
export * from './codec/index.ts'
