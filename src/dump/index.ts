/**
 * Files and streams to rings, for Node: dump folders, raw pages, XenStore text.
 * @module
 */

export type { XenstoreNodes } from '../codec/xen/xenbus.ts'
export { type DecodedDump, decodeDump } from './decode-dump.ts'
export { chooseDevice, type DeviceChoice } from './device.ts'
export { DumpError } from './dump-error.ts'
export { type LoadOptions, loadDumps } from './folder.ts'
export { dumpOfRing, type ImageOptions, type LoadedImage, loadImage } from './image-dumps.ts'
export { loadMoments, type Moment } from './moments.ts'
export { chooseProtocol, type ProtocolChoice } from './protocol.ts'
export type { RingDump } from './ring-dump.ts'
export { type RingChunk, type StreamPlace, streamRings } from './ring-stream.ts'
export { FolderWriter } from './write-folder.ts'
export { listVbds, parseXenstore, ringRefs, type Vbd } from './xenstore.ts'
