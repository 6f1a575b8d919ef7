/**
 * A ring and what lies beside it: which device and which protocol it is of, and the ring decoded so. Pure.
 * @module
 */

export { type Capture, captureOf } from './capture.ts'
export { chooseDevice, type DeviceChoice } from './choose-device.ts'
export { type DecodedCapture, decodeCapture } from './decode-capture.ts'
export { DumpError } from './dump-error.ts'
export { chooseProtocol, type ProtocolChoice } from './protocol.ts'
