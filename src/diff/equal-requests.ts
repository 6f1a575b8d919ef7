// Requests that ask for the same sectors: what else tells them apart.
import type { DiskRequest } from './disk-request.ts'

/** Keys that more than one request has. */
export function keysOfSeveral(requests: readonly DiskRequest[], keyOf: (request: DiskRequest) => string): Set<string> {
  const seen = new Set<string>()
  const several = new Set<string>()
  for (const request of requests) {
    const key = keyOf(request)
    if (seen.has(key)) several.add(key)
    else seen.add(key)
  }
  return several
}

/**
 * What to match by, the surest first: id, references and where in the grants the data lies; then with one or the other
 * name left out. A consistent renaming does not change the last, which counts how often a side uses each reference.
 */
export function signatures(a: readonly DiskRequest[], b: readonly DiskRequest[]): ((request: DiskRequest) => string)[] {
  const uses = new Map<DiskRequest, ReadonlyMap<number, number>>()
  for (const side of [a, b]) {
    const counts = countUses(side)
    for (const request of side) uses.set(request, counts)
  }
  return [
    (request) => `${request.id} ${placement(request, (gref) => gref)}`,
    (request) => placement(request, (gref) => gref),
    (request) => `${request.id} ${placement(request, () => '')}`,
    (request) => placement(request, (gref) => uses.get(request)!.get(gref)!),
  ]
}

function countUses(requests: readonly DiskRequest[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const { extents } of requests) for (const { gref } of extents()) counts.set(gref, (counts.get(gref) ?? 0) + 1)
  return counts
}

function placement({ extents }: DiskRequest, name: (gref: number) => number | string): string {
  return extents()
    .map(({ gref, first_sect, sectors }) => `${name(gref)}:${first_sect}+${sectors}`)
    .join()
}
