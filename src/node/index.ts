/**
 * Files and streams to rings, and dump folders to files. For Node; all else of blkring is pure.
 * @module
 */

export { type LoadOptions, loadDumps } from './read/folder.ts'
export { dumpOfRing, type ImageOptions, type LoadedImage, loadImage } from './read/image-dumps.ts'
export { loadMoments, type Moment } from './read/moments.ts'
export { type RingChunk, type StreamPlace, streamRings } from './read/ring-stream.ts'
export { FolderWriter } from './write/write-folder.ts'
