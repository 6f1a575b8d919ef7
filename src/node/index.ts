/**
 * Files and streams to captures, memory images to rings, and dump folders to files. For Node, as is `blkring/stream`; all other subpaths are
 * pure.
 * @module
 */

export type { ImageOptions, LoadedImage } from '../inputs/loaded-image.ts'
export { loadImage } from './read/image-dumps.ts'
export { type LoadOptions, loadDumps, loadMoments } from './read/load.ts'
export { type RingChunk, type StreamPlace, streamRings } from './stream.ts'
export { type Obstacle, OutputRefused } from './write/atomic-output.ts'
export { type FolderOutputOptions, FolderWriter } from './write/write-folder.ts'
