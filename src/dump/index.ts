/**
 * Files and streams to rings, for Node: dump folders, raw pages, XenStore text.
 * @module
 */
export * from './decode-dump.ts'
export * from './dump-error.ts'
export * from './folder.ts'
export * from './protocol.ts'
export * from './ring-dump.ts'
export * from './xenstore.ts'
