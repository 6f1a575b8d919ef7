// What the backend publishes of the disk, as far as it can be read (blkif.h, "Backend XenBus Nodes").
import { SECTOR_SIZE } from '../codec/xen/blkif.ts'
import type { XenstoreNodes } from '../codec/xen/xenbus.ts'
import { numberOf, oncePerDevice } from './xenstore-nodes.ts'

/** Bit of `info` (blkif.h). */
const VDISK_READONLY = 4n

/** Whether `mode`, which the toolstack writes, and `info`, which the backend does, say read-only; undefined without the node. */
export function readOnlyNodes({ backend }: XenstoreNodes): { readonly mode?: boolean; readonly info?: boolean } {
  const mode = backend.get('mode')
  const info = numberOf(backend, 'info')
  return {
    ...(mode === undefined ? {} : { mode: mode.startsWith('r') }),
    ...(info === undefined ? {} : { info: (info & VDISK_READONLY) !== 0n }),
  }
}

export interface Disk {
  /** Of 512 bytes, as the header has it since commit 221f2748e8 and Linux's backend always had; undefined where unknown. */
  readonly sectors: bigint | undefined
  /** Sectors of 512 bytes in one of the disk's own; 1 where unknown. */
  readonly sectorsPerBlock: bigint
  /** `mode` is r, or `info` says so. */
  readonly readOnly: boolean
  /** Sectors of 512 bytes; 1 where unknown. */
  readonly discardGranularity: bigint
  readonly discardAlignment: bigint
  /** The frontend does not trust its backend. */
  readonly untrusted: boolean
}

export const diskOf: (nodes: XenstoreNodes) => Disk = oncePerDevice(readDisk)

function readDisk(nodes: XenstoreNodes): Disk {
  const { frontend, backend } = nodes
  const inSectors = (key: string) => (numberOf(backend, key) ?? 0n) / BigInt(SECTOR_SIZE)
  const atLeastOne = (n: bigint) => (n > 0n ? n : 1n)
  const { mode, info } = readOnlyNodes(nodes)
  return {
    sectors: numberOf(backend, 'sectors'),
    sectorsPerBlock: atLeastOne(inSectors('sector-size')),
    readOnly: mode === true || info === true,
    discardGranularity: atLeastOne(inSectors('discard-granularity')),
    discardAlignment: inSectors('discard-alignment'),
    untrusted: frontend.get('trusted') === '0',
  }
}
