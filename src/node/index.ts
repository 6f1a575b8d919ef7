/**
 * Files and streams to rings, and dump folders to files. For Node; all else of blkring is pure.
 * @module
 */

export type { StreamPlace } from './read/byte-source.ts'
export { dumpOfRing, type ImageOptions, type LoadedImage, loadImage } from './read/image-dumps.ts'
export { type LoadOptions, loadDumps, loadMoments, streamRings } from './read/load.ts'
export type { Moment } from './read/moments.ts'
export type { RingChunk } from './read/ring-stream.ts'
export { FolderWriter } from './write/write-folder.ts'
