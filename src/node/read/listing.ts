// A listing of XenStore that is named as an input.
import { join } from 'node:path'
import { DumpError } from '../../capture/dump-error.ts'
import { XENSTORE } from '../../capture/dump-names.ts'
import { count } from '../../codec/struct/count.ts'
import type { ByteSource } from '../../inputs/byte-source.ts'
import { memberIn, withFile, withMember } from '../../inputs/files.ts'
import { listingText, noBlockDevice } from '../../inputs/listing.ts'
import { readVbds, type VbdListing } from '../../xenstore/devices.ts'
import { reasonOfNone } from '../../xenstore/no-device.ts'
import { DISK } from './disk.ts'

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
