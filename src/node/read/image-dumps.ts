// Memory images from files.
import { DumpError } from '../../capture/dump-error.ts'
import { type ByteReader, findRings, ImageError } from '../../image/index.ts'
import type { ByteSource } from '../../inputs/byte-source.ts'
import type { ImageOptions, LoadedImage } from '../../inputs/loaded-image.ts'
import { type Listing, readGrantTable, readNamedRings } from './image-inputs.ts'
import { openImage } from './image-source.ts'
import { openFile } from './open-file.ts'
import { PAGE_UNPACKERS } from './page-unpackers.ts'

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
