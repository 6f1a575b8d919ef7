/**
 * Files and streams to captures, memory images to rings, and dump folders to files. For Node; all other subpaths are pure.
 * @module
 */

export type { StreamPlace } from './read/byte-source.ts'
export { type ImageOptions, type LoadedImage, loadImage } from './read/image-dumps.ts'
export { type LoadOptions, loadDumps, loadMoments, streamRings } from './read/load.ts'
export type { RingChunk } from './read/ring-stream.ts'
export { type Obstacle, OutputRefused } from './write/atomic-output.ts'
export { type FolderOutputOptions, FolderWriter } from './write/write-folder.ts'
