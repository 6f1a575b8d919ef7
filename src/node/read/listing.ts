// XenStore's listings: the output of xenstore-ls, in a dump folder, beside a memory image, or as an input of its own.
import { join } from 'node:path'
import { DumpError } from '../../capture/dump-error.ts'
import { XENSTORE } from '../../capture/dump-names.ts'
import { textOf } from '../../capture/encoding.ts'
import { count } from '../../codec/struct/count.ts'
import { readVbds, type VbdListing } from '../../xenstore/devices.ts'
import { reasonOfNone } from '../../xenstore/no-device.ts'
import type { ByteSource } from './byte-source.ts'
import { DISK, memberIn, withFile, withMember } from './files.ts'

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

/**
 * The block devices that a listing names.
 * @param input a listing, a dump folder that has one, or `-`
 * @throws DumpError for what cannot be read, and where there are none
 */
export function loadVbds(input: string): VbdListing {
  const isFolder = input !== '-' && DISK.isFolder(input)
  const path = isFolder ? (memberIn(DISK, input, 'xenstore') ?? join(input, XENSTORE)) : input
  const read = isFolder ? withMember : withFile
  return read(DISK, path, (file) => readListingOf(file))
}

/** The same of a file. @throws DumpError where it names no block device */
function readListingOf(file: ByteSource): VbdListing {
  const text = listingText(file)
  const listing = readVbds(text)
  if (listing.vbds.length > 0) return listing
  const reason = reasonOfNone(text)
  if (reason) throw new DumpError(file.path, reason.problem, reason.cure)
  const nodes = listing.nodes === 0 ? '' : `: ${count(listing.nodes, 'node')} of XenStore, none of a frontend or backend of a disk`
  throw noBlockDevice(
    file.path,
    'the output of xenstore-ls (of any folder), xl block-list, xl list -l or xm list -l is read',
    nodes,
  )
}

export function noBlockDevice(path: string, cure: string, why = ''): DumpError {
  return new DumpError(path, `names no block device${why}`, cure)
}
