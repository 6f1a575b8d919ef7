// What a backend looks at when it takes a request: the request's fields as they are on the wire, and what it knows of the disk.

import { segmentFault } from '../codec/ring/faults.ts'
import { type Request, segmentsOf } from '../codec/ring/request.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST, BLKIF_OP_READ, BLKIF_OP_RESERVED_1, type BlkifRequestSegment } from '../codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { diskSectors, readOnlyNodes, sectorSizeOf } from '../xenstore/disk.ts'
import { bothHave, type XenstoreNodes } from '../xenstore/nodes.ts'

/** What XenStore says of a disk to its backend; undefined is not known. */
export interface BackendDisk {
  /** In the unit that the backend counts requests in, which need not be that of the node. */
  readonly sectors: bigint | undefined
  /** Bytes of one of the disk's own sectors. */
  readonly sectorSize: bigint | undefined
  readonly readOnly: boolean
  /** `no`: the device has none. `hidden`: the toolstack switched them off, and the device may have them. */
  readonly discards: 'yes' | 'no' | 'hidden' | undefined
  /** Whether a discard is to erase the data. */
  readonly secure: boolean
  /** Whether both ends published feature-persistent. */
  readonly persistent: boolean
}

export const NOTHING_KNOWN: BackendDisk = {
  sectors: undefined,
  sectorSize: undefined,
  readOnly: false,
  discards: undefined,
  secure: false,
  persistent: false,
}

/** @param unit bytes of what the backend counts in */
export function backendDisk(nodes: XenstoreNodes | undefined, unit: bigint): BackendDisk {
  if (!nodes) return NOTHING_KNOWN
  const { backend } = nodes
  const { mode, info } = readOnlyNodes(nodes)
  return {
    sectors: diskSectors(nodes, unit),
    sectorSize: sectorSizeOf(nodes),
    readOnly: mode === true || info === true,
    discards: discardsOf(backend),
    secure: backend.get('discard-secure') === '1',
    persistent: bothHave(nodes, 'feature-persistent', '1'),
  }
}

function discardsOf(backend: XenstoreNodes['backend']): BackendDisk['discards'] {
  if (backend.get('feature-discard') === '1') return 'yes'
  if (backend.get('discard-enable') === '0') return 'hidden'
  // The backend publishes it beside `sectors`, when it connects.
  return backend.has('sectors') ? 'no' : undefined
}

/** One request before a backend. */
export interface Asked {
  readonly request: Request
  readonly segments: readonly BlkifRequestSegment[]
  readonly disk: BackendDisk
  /** Bytes of what sector_number, first_sect, last_sect and nr_sectors count, and of what `disk.sectors` counts. */
  readonly unit: bigint
}

export type Applies = (asked: Asked) => boolean

export const always: Applies = () => true

export const operation =
  (...operations: readonly number[]): Applies =>
  ({ request }) =>
    operations.includes(request.operation)

export const kind =
  (kind: Request['kind']): Applies =>
  ({ request }) =>
    request.kind === kind

export const both =
  (...tests: readonly Applies[]): Applies =>
  (asked) =>
    tests.every((applies) => applies(asked))

export const undefinedOperation: Applies = ({ request }) => request.op === 'unknown' || request.operation === BLKIF_OP_RESERVED_1

export const direct =
  (from: number, to: number): Applies =>
  ({ request }) =>
    request.kind === 'rw' && request.nr_segments >= from && request.nr_segments <= to

export const MAX_U8 = 255
export const tooMany = direct(BLKIF_MAX_SEGMENTS_PER_REQUEST + 1, MAX_U8)

export const reversed: Applies = ({ segments }) => segments.some(({ first_sect, last_sect }) => first_sect > last_sect)
export const badSegment: Applies = ({ segments }) => segments.some((segment) => segmentFault(segment) !== undefined)

/** The last sector begins outside the page. */
export const outside: Applies = ({ segments, unit }) =>
  segments.some(({ last_sect }) => BigInt(last_sect) * unit >= BigInt(XEN_PAGE_SIZE))

export const readOnly: Applies = ({ disk }) => disk.readOnly
export const noRead: Applies = ({ request }) => request.operation !== BLKIF_OP_READ

/** Sectors that a request covers: of segments that are not at hand, one each, which is the least that they can have. */
export function leastSectors({ request, segments }: Asked): bigint {
  if (request.kind === 'discard') return request.nr_sectors
  if (request.kind === 'other') return 0n
  if (segments.length === 0) return BigInt(request.nr_segments)
  return BigInt(segments.reduce((sum, { first_sect, last_sect }) => sum + Math.max(0, last_sect - first_sect + 1), 0))
}

export function askedOf(request: Request, disk: BackendDisk, unit: bigint): Asked {
  return { request, segments: segmentsOf(request), disk, unit }
}
