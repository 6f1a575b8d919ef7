// What the backend publishes of the disk, as far as it can be read (blkif.h, "Backend XenBus Nodes").
import { DEFAULT_SECTOR_UNIT, SECTOR_UNITS, type SectorUnit, sectorUnitOf } from '../codec/ring/sector-unit.ts'
import { SECTOR_SIZE } from '../codec/xen/blkif.ts'
import { isBlkback, isQdisk } from './names.ts'
import { numberOf, oncePerDevice, type XenstoreNodes } from './nodes.ts'

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

/** Bytes of one of the disk's own sectors, as its backend publishes them; undefined where it does not, or they cannot be. */
export function sectorSizeOf({ backend }: XenstoreNodes): bigint | undefined {
  const size = numberOf(backend, 'sector-size')
  return size !== undefined && size >= BigInt(SECTOR_SIZE) ? size : undefined
}

/** The sector size of the disk as a unit of its requests; undefined where the node is missing, or no unit. */
export function sectorUnitOfDisk({ backend }: XenstoreNodes): SectorUnit | undefined {
  return sectorUnitOf(Number(numberOf(backend, 'sector-size') ?? 0n))
}

/**
 * Bytes of what the `sectors` node counts, which is the dialect of the backend that wrote it, whoever reads it: 512 for Linux's
 * blkback, sector-size for QEMU; undefined for a backend that is not known.
 */
export function sectorsNodeUnit(nodes: XenstoreNodes): bigint | undefined {
  if (isQdisk(nodes)) return sectorSizeOf(nodes) ?? BigInt(SECTOR_SIZE)
  return isBlkback(nodes) ? BigInt(SECTOR_SIZE) : undefined
}

/** The disk's size in sectors of the unit; where it is not known which backend counted, in the unit asked for. */
export function diskSectors(nodes: XenstoreNodes, unit: bigint): bigint | undefined {
  const sectors = numberOf(nodes.backend, 'sectors')
  return sectors === undefined ? undefined : (sectors * (sectorsNodeUnit(nodes) ?? unit)) / unit
}

/** Everything in sectors of the unit that the requests count in. */
export interface Disk {
  /** The size of the disk; undefined where it is unknown (`diskSectors`). */
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

/**
 * Reads what the backend publishes of the disk (blkif.h, "Backend XenBus Nodes").
 * @param unit what the result counts in: bytes of a sector of the requests
 */
export function diskOf(nodes: XenstoreNodes, unit: SectorUnit = DEFAULT_SECTOR_UNIT): Disk {
  return disksOf(nodes).get(unit)!
}

function readDisk(nodes: XenstoreNodes, unit: SectorUnit): Disk {
  const { frontend, backend } = nodes
  const inSectors = (key: string) => (numberOf(backend, key) ?? 0n) / BigInt(unit)
  const atLeastOne = (n: bigint) => (n > 0n ? n : 1n)
  const { mode, info } = readOnlyNodes(nodes)
  return {
    sectors: diskSectors(nodes, BigInt(unit)),
    sectorsPerBlock: atLeastOne(inSectors('sector-size')),
    readOnly: mode === true || info === true,
    discardGranularity: atLeastOne(inSectors('discard-granularity')),
    discardAlignment: inSectors('discard-alignment'),
    untrusted: frontend.get('trusted') === '0',
  }
}
