// What XenStore says of the disk, against itself.

import { SECTOR_SIZE } from '../../codec/xen/blkif.ts'
import { readOnlyNodes, sectorsNodeUnit } from '../../xenstore/disk.ts'
import { numberOf, quoted, type XenstoreNodes } from '../../xenstore/nodes.ts'
import { isVdev } from '../../xenstore/vdev.ts'
import type { Rule } from '../rule.ts'
import { says } from './xenstore-found.ts'

const BLKIF = 'xen/include/public/io/blkif.h'
const SECTOR = BigInt(SECTOR_SIZE)

/** A power of two of at least 512. */
function isSectorSize(size: bigint | undefined): boolean {
  return size !== undefined && size >= SECTOR && (size & (size - 1n)) === 0n
}

function sectorSize({ backend }: XenstoreNodes): string | undefined {
  if (backend.has('sector-size') && !isSectorSize(numberOf(backend, 'sector-size')))
    return `sector-size is ${quoted(backend, 'sector-size')}`
  const logical = numberOf(backend, 'sector-size') ?? SECTOR
  if (!backend.has('physical-sector-size')) return undefined
  const physical = numberOf(backend, 'physical-sector-size')
  if (isSectorSize(physical) && physical! >= logical) return undefined
  return `physical-sector-size is ${quoted(backend, 'physical-sector-size')}, with sectors of ${logical} bytes`
}

export const XENSTORE_DISK_RULES: readonly Rule[] = [
  {
    id: 'sector-size-wrong',
    severity: 'warning',
    summary: 'The sizes of sectors cannot be.',
    source: `${BLKIF}, sector-size and physical-sector-size`,
    explain: {
      means: 'Both are powers of two of at least 512, and the physical size is not below the other.',
      why: 'The frontend refuses the disk or cuts requests wrongly.',
      todo: 'Look at the backend.',
    },
    xenstore: (nodes) => says(sectorSize(nodes)),
  },
  {
    id: 'sectors-wrong',
    severity: 'warning',
    summary: 'The size of the disk is no number, or is not made of its sectors.',
    source: `${BLKIF}, "sectors", in units of 512 bytes (commit 221f2748e8)`,
    explain: {
      means: 'The sectors node is no decimal number, or no multiple of sector-size / 512.',
      why: 'The frontend sees a disk of another size, or none.',
      todo: 'Look at the backend. One that counts in units of sector-size contradicts the header.',
    },
    xenstore: (nodes) => {
      const { backend } = nodes
      if (!backend.has('sectors')) return []
      const sectors = numberOf(backend, 'sectors')
      if (sectors === undefined) return says(`sectors is ${quoted(backend, 'sectors')}`)
      const block = (numberOf(backend, 'sector-size') ?? SECTOR) / (sectorsNodeUnit(nodes) ?? SECTOR)
      return says(
        block > 1n && sectors % block !== 0n && `sectors is ${sectors}, no multiple of the ${block} in one of the disk's own`,
      )
    },
  },
  {
    id: 'mode-contradicts-info',
    severity: 'warning',
    summary: 'mode and info disagree on whether the disk is read-only.',
    source: `${BLKIF}, mode, and VDISK_READONLY of info`,
    explain: {
      means: 'The toolstack writes mode, the backend info; one of them says read-only.',
      why: 'The frontend goes by info. Where that misses the bit, writes are sent, and fail or do not.',
      todo: 'Check what the backend opened, and with which flags.',
    },
    xenstore: (nodes) => {
      const { mode, info } = readOnlyNodes(nodes)
      if (mode === undefined || info === undefined) return []
      const [quotedMode, bits] = [quoted(nodes.backend, 'mode'), numberOf(nodes.backend, 'info')]
      return says(mode !== info && `mode is ${quotedMode} and info ${bits}`)
    },
  },
  {
    id: 'discard-granularity-wrong',
    severity: 'warning',
    summary: "The granularity or alignment of discards is not made of the disk's sectors.",
    source: `${BLKIF}, discard-granularity and discard-alignment`,
    explain: {
      means: 'Granularity is a multiple of sector-size above 0, and the alignment a multiple that is below it.',
      why: 'The frontend rounds discards to places where the disk cannot.',
      todo: 'Look at the backend and the storage below it.',
    },
    xenstore: ({ backend }) => {
      const sector = numberOf(backend, 'sector-size') ?? SECTOR
      if (numberOf(backend, 'feature-discard') !== 1n || !isSectorSize(sector)) return []
      const granularity = numberOf(backend, 'discard-granularity')
      const alignment = numberOf(backend, 'discard-alignment')
      if (backend.has('discard-granularity') && (granularity === undefined || granularity === 0n || granularity % sector !== 0n))
        return says(`discard-granularity is ${quoted(backend, 'discard-granularity')}, with sectors of ${sector} bytes`)
      const bad = alignment === undefined || alignment % sector !== 0n || (granularity !== undefined && alignment >= granularity)
      return says(
        backend.has('discard-alignment') &&
          bad &&
          `discard-alignment is ${quoted(backend, 'discard-alignment')}, with a granularity of ${granularity ?? 'no'} bytes`,
      )
    },
  },
  {
    id: 'virtual-device-wrong',
    severity: 'warning',
    summary: "The device's number is none that names a disk.",
    source: 'xen/docs/man/xen-vbd-interface.7; blkif.h, virtual-device',
    explain: {
      means: 'Numbers are 202 << 8 or 1 << 28 for xvd, 8 << 8 for sd, 3 << 8 and 22 << 8 for hd, plus disk and partition.',
      why: 'The guest cannot name the disk; Linux ignores it.',
      todo: "Look at the toolstack's configuration of the disk.",
    },
    xenstore: ({ frontend }) => {
      if (!frontend.has('virtual-device')) return []
      const vdev = numberOf(frontend, 'virtual-device')
      return says((vdev === undefined || !isVdev(vdev)) && `virtual-device is ${quoted(frontend, 'virtual-device')}`)
    },
  },
]
