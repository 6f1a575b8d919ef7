/**
 * Files and streams to rings, for Node: dump folders, raw pages, XenStore text.
 * @module
 */

export type { Capture } from '../capture/capture.ts'
export { chooseDevice, type DeviceChoice } from '../capture/choose-device.ts'
export { type DecodedCapture, decodeCapture } from '../capture/decode-capture.ts'
export { DumpError } from '../capture/dump-error.ts'
export { chooseProtocol, type ProtocolChoice } from '../capture/protocol.ts'
export type { XenstoreNodes } from '../codec/xen/xenbus.ts'
export { listVbds, parseXenstore, ringRefs, type Vbd } from '../xenstore/devices.ts'
export type { StreamPlace } from './read/byte-source.ts'
export { dumpOfRing, type ImageOptions, type LoadedImage, loadImage } from './read/image-dumps.ts'
export { type LoadOptions, loadDumps, loadMoments, streamRings } from './read/load.ts'
export type { Moment } from './read/moments.ts'
export type { RingChunk } from './read/ring-stream.ts'
export { FolderWriter } from './write/write-folder.ts'
