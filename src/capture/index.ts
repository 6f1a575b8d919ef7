/**
 * A capture is the bytes of one ring at one moment, and what lies beside them: XenStore's nodes, indirect pages, the grant table.
 * `decodeCapture` chooses the protocol by them, and says how it was known.
 * @module
 */

export { type Beside, captureBeside, type RingAlone } from './beside.ts'
export { type Capture, captureOf } from './capture.ts'
export { chooseDevice, type DeviceChoice } from './choose-device.ts'
export { type DecodedCapture, decodeCapture } from './decode-capture.ts'
export { DumpError } from './dump-error.ts'
export { captureOfRing, type SearchedImage } from './image-ring.ts'
export { type DeviceMoment, momentsOf } from './moments.ts'
export { chooseProtocol, type ProtocolChoice } from './protocol.ts'
export { onlyRing, type PagesOf, type RawRing } from './raw-ring.ts'
