// Whether the requests of a side name each of their sectors exactly once.
import { count } from '../codec/struct/count.ts'
import { type DiskRequest, diskRequests, joinPairs } from './disk-request.ts'
import type { Coverage, CoverageFault, SideRing } from './model.ts'

/**
 * A request's segments lie end to end by their nature; only one that is cut over two slots can miss sectors: the second
 * starts at first + 88 even where the first covers fewer, and then its end lies as many sectors too far
 * (xen-blkfront's split of 64 KiB pages, seen on running guests).
 */
export function coverageOf(rings: readonly SideRing[]): Coverage {
  const requests = rings.flatMap((ring) => (ring.ring.indices === 'possible' ? joinPairs(diskRequests(ring)) : []))
  const naming = requests.filter(({ known, extents }) => known && extents().length > 0)
  return {
    requests: naming.length,
    sectors: naming.reduce((sum, { sectors }) => sum + sectors, 0n),
    faults: naming.flatMap((request) => faultsOf(request, naming)),
  }
}

function faultsOf(request: DiskRequest, all: readonly DiskRequest[]): CoverageFault[] {
  const { pair, slots } = request
  if (!pair || pair.skipped === 0) return []
  const from = pair.first.sector_number + BigInt(pair.first.nr_sectors)
  const to = pair.second.sector_number - 1n
  const end = pair.second.sector_number + BigInt(pair.second.nr_sectors)
  const over = end - BigInt(pair.skipped)
  const gap: CoverageFault = {
    kind: 'gap',
    slots,
    from,
    to,
    message: `${sectorsText(from, to)} skipped: the first slot covers ${count(pair.first.nr_sectors, 'sector')}, the second starts at first + ${pair.first.nr_sectors + pair.skipped}; it ends ${pair.skipped} too far, at ${end - 1n}`,
  }
  const others = all.filter((other) => other !== request && asksFor(other, over, end))
  const overlaps = others.map(
    (other): CoverageFault => ({
      kind: 'overlap',
      slots: [...slots, ...other.slots],
      from: over,
      to: end - 1n,
      message: `${sectorsText(over, end - 1n)} named, which the request should not, and by another as well`,
    }),
  )
  return [gap, ...overlaps]
}

function sectorsText(from: bigint, to: bigint): string {
  return from === to ? `sector ${from} is` : `sectors ${from}..${to} are`
}

function asksFor({ extents }: DiskRequest, from: bigint, to: bigint): boolean {
  return extents().some(({ sector, sectors }) => sector < to && sector + BigInt(sectors) > from)
}
