// What the backend publishes of the disk, as far as it can be read (blkif.h, "Backend XenBus Nodes").
import { DEFAULT_SECTOR_UNIT, SECTOR_UNITS, type SectorUnit } from '../codec/ring/sector-unit.ts'
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

/** Everything in sectors of the unit that the requests count in. */
export interface Disk {
  /**
   * Undefined where unknown. Of 512 bytes, as the header has it since commit 221f2748e8 and Linux's backend always had; who
   * counts requests in the disk's own sectors counts this node so too.
   */
  readonly sectors: bigint | undefined
  /** Sectors of the unit in one of the disk's own; 1 where unknown. */
  readonly sectorsPerBlock: bigint
  /** `mode` is r, or `info` says so. */
  readonly readOnly: boolean
  /** 1 where unknown. */
  readonly discardGranularity: bigint
  readonly discardAlignment: bigint
  /** The frontend does not trust its backend. */
  readonly untrusted: boolean
}

const disksOf = oncePerDevice((nodes) => new Map(SECTOR_UNITS.map((unit) => [unit, readDisk(nodes, unit)])))

export function diskOf(nodes: XenstoreNodes, unit: SectorUnit = DEFAULT_SECTOR_UNIT): Disk {
  return disksOf(nodes).get(unit)!
}

function readDisk(nodes: XenstoreNodes, unit: SectorUnit): Disk {
  const { frontend, backend } = nodes
  const inSectors = (key: string) => (numberOf(backend, key) ?? 0n) / BigInt(unit)
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
