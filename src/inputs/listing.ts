// XenStore's listings: the output of xenstore-ls, in a dump folder, beside a memory image, or as an input of its own.
import { DumpError } from '../capture/dump-error.ts'
import { textOf } from '../capture/encoding.ts'
import type { ByteSource } from './byte-source.ts'

/** The store of a host with a thousand guests has fewer bytes. */
const MAX_LISTING = 16 * 2 ** 20

/** The text of a listing. @throws DumpError where it is too long for one */
export function listingText(file: ByteSource): string {
  return textOf(wholeOf(file, MAX_LISTING, 'a listing of XenStore'))
}

/** All bytes of a file. @param what it is @throws DumpError where there are more than a number */
export function wholeOf(file: ByteSource, limit: number, what: string): Uint8Array {
  const bytes = file.readAll(limit)
  if (!bytes) throw new DumpError(file.path, `more than ${limit / 2 ** 20} MiB are too many for ${what}`)
  return bytes
}

export function noBlockDevice(path: string, cure: string, why = ''): DumpError {
  return new DumpError(path, `names no block device${why}`, cure)
}
