// What the backend publishes of the disk, as far as it can be read (blkif.h, "Backend XenBus Nodes").
import { SECTOR_SIZE } from '../codec/xen/blkif.ts'
import { numberOf, oncePerDevice, type XenstoreNodes } from './xenstore-nodes.ts'

/** Bit of `info`: VDISK_READONLY of blkif.h. */
const VDISK_READONLY = 4n

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

function readDisk({ frontend, backend }: XenstoreNodes): Disk {
  const inSectors = (key: string) => (numberOf(backend, key) ?? 0n) / BigInt(SECTOR_SIZE)
  const atLeastOne = (n: bigint) => (n > 0n ? n : 1n)
  const info = numberOf(backend, 'info') ?? 0n
  return {
    sectors: numberOf(backend, 'sectors'),
    sectorsPerBlock: atLeastOne(inSectors('sector-size')),
    readOnly: backend.get('mode')?.startsWith('r') === true || (info & VDISK_READONLY) !== 0n,
    discardGranularity: atLeastOne(inSectors('discard-granularity')),
    discardAlignment: inSectors('discard-alignment'),
    untrusted: frontend.get('trusted') === '0',
  }
}
