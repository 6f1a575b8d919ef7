// What is given beside an image: the guest's grant table and a listing of XenStore.

import { DumpError } from '../../capture/dump-error.ts'
import { encodingOf, textOf } from '../../capture/encoding.ts'
import { count } from '../../codec/struct/count.ts'
import { isGrantText, readGrantText } from '../../hypervisor/grants.ts'
import {
  type GrantTable,
  grantTableOf,
  MAX_NAMED_RINGS,
  MAX_TABLE_BYTES,
  type NamedRing,
  namedRings,
  parseGrantTable,
} from '../../image/index.ts'
import { withFile } from '../../inputs/files.ts'
import { listingText, noBlockDevice, wholeOf } from '../../inputs/listing.ts'
import { HEAD_BYTES } from '../../inputs/sizes.ts'
import { parseXenstore } from '../../xenstore/devices.ts'
import type { XenstoreNodes } from '../../xenstore/nodes.ts'
import { DISK } from './disk.ts'

/** A grant table, and what should be known of it, in a sentence each. */
interface GivenTable {
  readonly table: GrantTable
  /** The same with the machine's frames, where both are printed. */
  readonly machineTable?: GrantTable
  readonly notes: readonly string[]
}

/**
 * A guest's grant table: its frames, or what Xen prints of it at the debug key g.
 * @param named the rings of a listing: of several guests in a print, it is the table of theirs
 */
export function readGrantTable(path: string, named: Iterable<NamedRing> = []): GivenTable {
  const bytes = withFile(DISK, path, (file) => wholeOf(file, MAX_TABLE_BYTES, 'a grant table'))
  const head = bytes.subarray(0, HEAD_BYTES)
  if (encodingOf(head) !== undefined) {
    const text = textOf(bytes)
    if (isGrantText(text)) return printedTable(path, text, [...named])
  }
  const table = parseGrantTable(bytes)
  if (!table)
    throw new DumpError(
      path,
      'is no grant table',
      'its frames hold entries of 8 bytes (version 1: flags, domid, frame) or of 16 (version 2); the text of xl debug-keys g; xl dmesg is read as well',
    )
  return { table, notes: [] }
}

function printedTable(path: string, text: string, named: readonly NamedRing[]): GivenTable {
  const { tables, unread, damaged } = readGrantText(text)
  // What was printed twice is taken as it was last.
  const filled = [...new Map(tables.map((table) => [table.domid, table])).values()].filter(({ grants }) => grants.length > 0)
  const domains = new Set(named.map(({ domain }) => domain))
  const refs = new Set(named.flatMap((ring) => ring.refs))
  const own = filled.filter(({ domid }) => domains.has(String(domid)))
  const known = (own.length > 0 ? own : filled).map((table) => ({
    table,
    rings: table.grants.filter(({ gref }) => refs.has(gref)).length,
  }))
  const most = Math.max(0, ...known.map(({ rings }) => rings))
  const [chosen, other] = known.filter(({ rings }) => rings === most)
  if (!chosen)
    throw new DumpError(path, `has no grant table with an entry that another domain maps, of ${count(tables.length, 'table')}`)
  if (other) {
    const names = known.map(({ table }) => `d${table.domid}`).join(', ')
    throw new DumpError(
      path,
      `has the grant tables of ${known.length} guests (${names.slice(0, 80)})`,
      '--xenstore says whose the image is; or cut the text to one',
    )
  }
  const { domid, grants } = chosen.table
  const lost = damaged > 0 ? `; ${count(damaged, 'entry', 'entries')} of the text cannot be read` : ''
  const left = unread > 0 ? `; ${count(unread, 'line')} of it ${unread === 1 ? 'is' : 'are'} no part of one` : ''
  return {
    table: grantTableOf(grants),
    machineTable: grantTableOf(grants.map((grant) => ({ ...grant, frame: grant.machineFrame }))),
    notes: [
      `${path} has the grant table of domain ${domid} as Xen prints it: ${count(grants.length, 'entry', 'entries')} that another domain maps, and none of the others${lost}${left}`,
    ],
  }
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
