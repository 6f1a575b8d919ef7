// Memory images from files.
import { DumpError } from '../../capture/dump-error.ts'
import type { SearchedImage } from '../../capture/image-ring.ts'
import { type ByteReader, type FindOptions, findRings, ImageError } from '../../image/index.ts'
import { type ByteSource, openFile } from './byte-source.ts'
import { type Listing, readGrantTable, readNamedRings } from './image-inputs.ts'
import { openImage } from './image-source.ts'
import { PAGE_UNPACKERS } from './page-unpackers.ts'

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

/** 16 GiB: a gzip file of 16 MiB can unpack to that much. */
const LIMIT = 16 * 2 ** 30

/** @param path a memory image, packed or not, or `-` @throws DumpError where it is none */
export function loadImage(path: string, options: ImageOptions = {}): Promise<LoadedImage> {
  return loadOpenImage(() => openFile(path, 'name a file: a memory image'), options)
}

/** @param open what is opened when all that is beside it was read @throws DumpError where it is no image */
export async function loadOpenImage(open: () => ByteSource, options: ImageOptions): Promise<LoadedImage> {
  const { grantTable, xenstore, limit = LIMIT, onRead, onFound, ...find } = options
  const listing: Listing = xenstore === undefined ? { devices: new Map(), notes: [] } : readNamedRings(xenstore)
  const { devices } = listing
  const given = grantTable === undefined ? undefined : readGrantTable(grantTable, devices.keys())
  const source = open()
  const { path } = source
  const { reader, problem, close } = openImage(source, limit)
  try {
    const image = await findRings(onRead ? watched(reader, onRead) : reader, {
      unpackers: PAGE_UNPACKERS,
      ...find,
      grantTable: given?.table,
      machineTable: given?.machineTable,
      named: [...devices.keys()],
    })
    const what = problem()
    const cure = what?.includes('more than') || what?.includes('longer than') ? '--limit reads on' : undefined
    // Of a stream that breaks off only its headers say how long it was.
    const more = image.unread.more || (what !== undefined && image.map.claimed === undefined)
    const loaded: LoadedImage = {
      ...image,
      notes: [...image.notes, ...listing.notes, ...(given?.notes ?? [])],
      unread: { ...image.unread, more },
      name: path,
      devices,
      problem: what === undefined ? undefined : new DumpError(path, what, cure),
    }
    await onFound?.(loaded, image.map.reader ?? reader)
    return loaded
  } catch (error) {
    const known = error instanceof ImageError ? new DumpError(path, problem() ?? error.message, error.cure) : error
    throw known
  } finally {
    await close()
  }
}

function watched(reader: ByteReader, onRead: (position: number, size: number | undefined) => Promise<void>): ByteReader {
  return {
    size: reader.size,
    read: async (offset, into) => {
      const got = await reader.read(offset, into)
      await onRead(offset + got, reader.size)
      return got
    },
  }
}
