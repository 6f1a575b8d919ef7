// What is given beside an image: the guest's grant table and a listing of XenStore.

import { DumpError } from '../../capture/dump-error.ts'
import { abiOfProtocol } from '../../codec/xen/protocols.ts'
import { type GrantTable, MAX_TABLE_BYTES, type NamedRing, parseGrantTable } from '../../image/index.ts'
import { parseXenstore, queueCount, ringRefs } from '../../xenstore/devices.ts'
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

/** Rings of a listing that are looked for in an image: each that is missing is a line. */
const MAX_NAMED_RINGS = 4096

export interface Listing {
  /** The rings of every device, with the nodes of the device. */
  readonly devices: ReadonlyMap<NamedRing, XenstoreNodes>
  /** What was not looked at, in a sentence each. */
  readonly notes: readonly string[]
}

export function readNamedRings(path: string): Listing {
  const devices = parseXenstore(withFile(DISK, path, listingText))
  if (devices.length === 0) throw noBlockDevice(path, 'give the output of xenstore-ls -f')
  const rings = devices.flatMap((device) => namedRings(device).map((ring) => [ring, device] as const))
  const listed = rings.slice(0, MAX_NAMED_RINGS)
  const left = devices.reduce((sum, device) => sum + queueCount(device), 0) - listed.length
  const notes =
    left > 0
      ? [`${left} more rings of ${path} are not looked for: queues without nodes, or beyond the first ${MAX_NAMED_RINGS}`]
      : []
  return { devices: new Map(listed), notes }
}

const BACKEND = /^\/?local\/domain\/\d+\/backend\/[^/]+\/(\d+)\/(\d+)$/

function namedRings(device: XenstoreNodes): NamedRing[] {
  const { frontend } = device
  const [, domain = '?', id] = BACKEND.exec(frontend.get('backend') ?? '') ?? []
  const number = /^\d{1,10}$/.exec(frontend.get('virtual-device') ?? id ?? '')?.[0]
  const queues = ringRefs(device)
  return queues.map((refs, queue) => ({
    device: `vbd/${domain}/${id ?? number ?? '?'}`,
    domain,
    vdev: number === undefined ? undefined : Number(number),
    queue: queues.length > 1 ? queue : undefined,
    abi: abiOfProtocol(frontend.get('protocol') ?? ''),
    refs: refs.filter((ref) => Number.isInteger(ref) && ref >= 0),
  }))
}
