// How inputs that hold rings are read: the flags that commands share, and what they mean.
import * as Flags from '@oclif/core/flags'
import { SECTOR_UNITS, sectorUnitOf } from '../../codec/ring/sector-unit.ts'
import { ABIS, abiByName } from '../../codec/struct/abi.ts'
import type { InputOptions, RingOfImage } from '../../inputs/open-options.ts'
import { ringFlags } from './image-flags.ts'
import { type ImageFlags, imageOptions } from './image-options.ts'

/** What an input can be. */
export const INPUT = 'dump folder, file of raw pages, scenario, or -'

const abi = { options: ['auto', ...ABIS.map(({ name }) => name)] }
const pages = { min: 1, max: 16 }

export const inputFlags = {
  abi: Flags.string({
    ...abi,
    default: 'auto',
    description: "the guest's ABI; auto takes XenStore's word, else judges by the bytes",
  }),
  ...ringFlags,
  'sector-unit': Flags.string({
    options: ['disk', ...SECTOR_UNITS.map(String)],
    description:
      "bytes that sector_number, first_sect and last_sect count in: 512 where nothing is said, as blkif.h has it; disk is XenStore's sector-size, as Windows and QEMU count",
  }),
  pages: Flags.integer({ ...pages, description: 'pages of one ring; a longer file is one ring after another' }),
  raw: Flags.boolean({ description: 'read the input as raw pages, whatever it looks like', exclusive: ['text'] }),
  text: Flags.boolean({ description: 'read the input as text, whatever it looks like: whole pages are never text without it' }),
}

/** The same of a second input, where it differs from the first. */
export const secondInputFlags = {
  'abi-b': Flags.string({ ...abi, description: 'that of B, where it is another' }),
  'pages-b': Flags.integer({ ...pages, description: 'those of B, where they are others' }),
}

export interface InputFlags extends ImageFlags {
  readonly abi: string
  readonly 'sector-unit'?: string | undefined
  readonly pages?: number | undefined
  readonly raw: boolean
  readonly text: boolean
  readonly ring?: number | undefined
}

/** @param more of memory images: whether the inputs can be dumps as well */
export function inputOptions(flags: InputFlags, more: Pick<RingOfImage, 'sparesDumps'> = {}): InputOptions {
  const { pages, raw, text, ring, 'sector-unit': unit } = flags
  return {
    abi: abiByName(flags.abi),
    sectorUnit: unit === 'disk' ? unit : unit === undefined ? undefined : sectorUnitOf(Number(unit)),
    pages,
    readAs: raw ? 'raw' : text ? 'text' : undefined,
    ring: ring === undefined ? undefined : { number: ring, options: imageOptions(flags), ...more },
  }
}
