// What is given beside an image: the guest's grant table and a listing of XenStore.

import { DumpError } from '../../capture/dump-error.ts'
import {
  type GrantTable,
  MAX_NAMED_RINGS,
  MAX_TABLE_BYTES,
  type NamedRing,
  namedRings,
  parseGrantTable,
} from '../../image/index.ts'
import { parseXenstore } from '../../xenstore/devices.ts'
import type { XenstoreNodes } from '../../xenstore/nodes.ts'
import { DISK, withFile } from './files.ts'
import { listingText, noBlockDevice, wholeOf } from './listing.ts'

export function readGrantTable(path: string): GrantTable {
  const bytes = withFile(DISK, path, (file) => wholeOf(file, MAX_TABLE_BYTES, 'a grant table'))
  const table = parseGrantTable(bytes)
  if (!table)
    throw new DumpError(
      path,
      'is no grant table',
      'its frames hold entries of 8 bytes (version 1: flags, domid, frame) or of 16 (version 2)',
    )
  return table
}

export interface Listing {
  /** The rings of every device, with the nodes of the device. */
  readonly devices: ReadonlyMap<NamedRing, XenstoreNodes>
  /** What was not looked at, in a sentence each. */
  readonly notes: readonly string[]
}

export function readNamedRings(path: string): Listing {
  const devices = parseXenstore(withFile(DISK, path, listingText))
  if (devices.length === 0) throw noBlockDevice(path, 'give the output of xenstore-ls -f')
  const { devices: rings, left } = namedRings(devices)
  const notes =
    left > 0
      ? [`${left} more rings of ${path} are not looked for: queues without nodes, or beyond the first ${MAX_NAMED_RINGS}`]
      : []
  return { devices: rings, notes }
}
