/**
 * The tables and numbers of Xen's public headers: io/blkif.h, io/ring.h, io/protocols.h, io/xenbus.h and grant_table.h, with the
 * names of the headers. `opName`, `requestKind` and `statusName` put words to numbers.
 * @module
 */

export * from './blkif.ts'
export * from './grant-table.ts'
export { type OpName, opName, REQUEST_STRUCTS, type RequestKind, requestKind, statusName } from './operations.ts'
export { abiOfProtocol, PROTOCOL_STRINGS, protocolOfAbi } from './protocols.ts'
export { sringHeader, sringOf, XEN_PAGE_SIZE } from './ring.ts'
export * from './xenbus.ts'
