/**
 * A ring and what lies beside it: which device and which protocol it is of, and the ring decoded so. Pure.
 * @module
 */

export { chooseDevice, type DeviceChoice } from './choose-device.ts'
export { type DecodedDump, decodeDump } from './decode-dump.ts'
export { DumpError } from './dump-error.ts'
export { chooseProtocol, type ProtocolChoice } from './protocol.ts'
export type { RingDump } from './ring-dump.ts'
