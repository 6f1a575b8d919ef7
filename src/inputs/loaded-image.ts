// What memory images are read with, and what was found in one.
import type { DumpError } from '../capture/dump-error.ts'
import type { SearchedImage } from '../capture/image-ring.ts'
import type { ByteReader, FindOptions } from '../image/index.ts'

/** What `loadImage` is told beside the image. */
export interface ImageOptions extends Omit<FindOptions, 'grantTable' | 'machineTable' | 'named'> {
  /** A file of the guest's grant-table frames. */
  readonly grantTable?: string | undefined
  /** A file: the output of xenstore-ls. */
  readonly xenstore?: string | undefined
  /** Bytes that are unpacked, or read of a pipe, at most. */
  readonly limit?: number | undefined
  /** Called with what was found while the image can still be read. */
  readonly onFound?: (image: LoadedImage, reader: ByteReader) => Promise<void>
  /** Called after each piece that was read: so many bytes of so many, where that is known. */
  readonly onRead?: (position: number, size: number | undefined) => Promise<void>
}

/** An image that was searched. Its `name` is the path as it was given. */
export interface LoadedImage extends SearchedImage {
  /** What was wrong with the stream: not all of the image was looked at. */
  readonly problem: DumpError | undefined
}
