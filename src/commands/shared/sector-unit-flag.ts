import * as Flags from '@oclif/core/flags'
import { SECTOR_UNITS, type SectorUnitChoice, sectorUnitOf } from '../../codec/ring/sector-unit.ts'

export const sectorUnitFlag = Flags.string({
  options: ['disk', ...SECTOR_UNITS.map(String)],
  description:
    "bytes that sector_number, first_sect and last_sect count in: 512 where nothing is said, as blkif.h has it; disk is XenStore's sector-size, as Windows and QEMU count",
})

/** The unit that --sector-unit names; undefined where the flag is not there. */
export function sectorUnitNamed(name: string | undefined): SectorUnitChoice | undefined {
  return name === 'disk' ? name : name === undefined ? undefined : sectorUnitOf(Number(name))
}
