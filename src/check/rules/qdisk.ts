// What QEMU's qdisk makes of requests that other backends refuse, or take in one go.

import { discardPieces, QEMU_DISCARD_PIECE } from '../../blkback/models/qemu.ts'
import { bytesOfSectors, type SectorUnit } from '../../codec/ring/sector-unit.ts'
import { NO_SECTOR } from '../../codec/xen/blkif.ts'
import { sectorUnitOfDisk } from '../../xenstore/disk.ts'
import { isQdisk } from '../../xenstore/names.ts'
import { foundIn, type Rule } from '../rule.ts'
import { atField, type RingSubject, sectorsOf } from '../subject.ts'

const RUN = 'QEMU 7.2 qdisk, as it was run (docs/backends.md)'
const BYTES_OF_U64 = NO_SECTOR + 1n

/** QEMU counts in the disk's own sectors, whatever the frontend does. */
function unitOf({ xenstore, ring }: RingSubject): SectorUnit {
  return (isQdisk(xenstore) ? sectorUnitOfDisk(xenstore!) : undefined) ?? ring.sectorUnit
}

export const QDISK_RULES: readonly Rule[] = [
  {
    id: 'sector-bytes-wrap',
    severity: 'error',
    summary: 'The first byte of a request does not fit in 64 bits.',
    source: `${RUN}; blkif.h, sector_number`,
    explain: {
      means: 'sector_number times the size of a sector wraps around 2^64, as from sector 2^55 on with 512 bytes.',
      why: 'QEMU cuts the product and serves another place: reads at 2^55 and 2^63 gave sector 0, and a write at 2^55 + 120 overwrote sector 120. Linux answers ERROR.',
      todo: 'Treat the guest as hostile until the frontend is understood: no driver sends this. Compare the sectors it names with their contents.',
    },
    ring: (subject) => {
      const unit = unitOf(subject)
      return foundIn(subject.requests, (slot) => {
        const { request } = slot
        // A discard is looked at in sectors; what carries nothing goes nowhere.
        if (request.kind === 'discard' || request.kind === 'other' || sectorsOf(request) === 0n) return undefined
        const bytes = bytesOfSectors(request.sector_number, unit)
        if (bytes < BYTES_OF_U64) return undefined
        const place = (bytes % BYTES_OF_U64) / BigInt(unit)
        const message = `sector ${request.sector_number} * ${unit} bytes wraps at 2^64: QEMU takes it for sector ${place}`
        return { message, ...atField(subject, slot, 'sector_number') }
      })
    },
  },
  {
    id: 'discard-long',
    severity: 'note',
    summary: "A discard that QEMU serves in pieces, during which the ring's other requests wait.",
    source: RUN,
    explain: {
      means: `A qdisk discards at most ${QEMU_DISCARD_PIECE} bytes at a time, and takes a longer request as many at once.`,
      why: 'While it does, it answers nothing else of the ring: seconds, where the storage is slow to discard or refuses each piece. It is legal.',
      todo: 'Nothing, unless the guest sees its disk stall: then have it discard less at a time (discard_max_bytes of its queue).',
    },
    ring: (subject) => {
      if (!isQdisk(subject.xenstore)) return []
      const unit = BigInt(unitOf(subject))
      return foundIn(subject.requests, (slot) => {
        if (slot.request.kind !== 'discard') return undefined
        const pieces = discardPieces(slot.request.nr_sectors, unit)
        if (pieces < 2n) return undefined
        return {
          message: `${slot.request.nr_sectors} sectors are ${pieces} pieces to QEMU`,
          ...atField(subject, slot, 'nr_sectors'),
        }
      })
    },
  },
]
