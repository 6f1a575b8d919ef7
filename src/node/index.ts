/**
 * Files and streams to captures, memory images to rings, and dump folders to files. For Node; all other subpaths are pure.
 * @module
 */

export { type LoadOptions, loadDumps } from './read/folder.ts'
export { dumpOfRing, type ImageOptions, type LoadedImage, loadImage } from './read/image-dumps.ts'
export { loadMoments, type Moment } from './read/moments.ts'
export { type RingChunk, type StreamPlace, streamRings } from './read/ring-stream.ts'
export { FolderWriter } from './write/write-folder.ts'
