// What sector_number, first_sect, last_sect and a discard's nr_sectors count in. Xen's header has decreed 512 bytes since commit
// 221f2748e8 (2024); its table of implementations names those that count in the disk's own sectors: QEMU's backend and the
// Windows frontend throughout. All arithmetic with another unit than 512 is here.
import { SECTOR_SIZE } from '../xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../xen/ring.ts'

/** Bytes of one sector of a request: 512, or the disk's own. No grant of 4096 bytes holds a part of one. */
export type SectorUnit = 512 | 1024 | 2048 | 4096

/** The units that sectors can count in, in bytes. 512, which blkif.h decrees, comes first. */
export const SECTOR_UNITS: readonly SectorUnit[] = [512, 1024, 2048, 4096]

/** The unit that a request is read in where nothing else is said. */
export const DEFAULT_SECTOR_UNIT: SectorUnit = SECTOR_SIZE

/** What a ring may be asked to be read in: a unit in bytes, or that of its disk. */
export type SectorUnitChoice = SectorUnit | 'disk'

/** The unit of so many bytes; undefined where a sector of that size cannot be one. */
export function sectorUnitOf(bytes: number): SectorUnit | undefined {
  return SECTOR_UNITS.find((unit) => unit === bytes)
}

/** Sectors of one 4 KiB grant: `first_sect` and `last_sect` are below it. */
export function sectorsPerPage(unit: SectorUnit): number {
  return XEN_PAGE_SIZE / unit
}

/** Bytes of so many sectors, or the byte of the disk or the page at which a sector begins. */
export function bytesOfSectors(sectors: bigint | number, unit: SectorUnit): bigint {
  return BigInt(sectors) * BigInt(unit)
}

/** How many sectors of 512 bytes one sector has. */
export function smallSectors(unit: SectorUnit): number {
  return unit / SECTOR_SIZE
}
