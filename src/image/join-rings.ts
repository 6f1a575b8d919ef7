// The pages of a ring that do not follow each other in the image: the grant table says where they lie.
import { MAX_RING_PAGES } from '../codec/ring/geometry.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { type FoundRing, missingOfRing } from './found-ring.ts'
import type { Grant, GrantTable } from './grant-table.ts'
import type { FoundPage, Locator } from './locator.ts'
import { RING_SCORE, scoreRing } from './ring-score.ts'

/** End to end, with 0 for those that are not there. */
export function joinPages(pages: readonly (Uint8Array | undefined)[]): Uint8Array {
  const bytes = new Uint8Array(pages.length * XEN_PAGE_SIZE)
  for (const [i, page] of pages.entries()) if (page) bytes.set(page, i * XEN_PAGE_SIZE)
  return bytes
}

/** Frontends grant the pages of a ring one after another: the references behind that of the first page, or before it. */
const STEPS = [1, -1]

/**
 * Of rings that do not read well as they were found, and of pages that only begin like one: the same with the pages whose
 * references are neighbours of theirs, where they read better so.
 */
export async function joinByGrants(locator: Locator, rings: readonly FoundRing[], table: GrantTable): Promise<FoundRing[]> {
  const open = rings.filter((ring) => ring.numbers && table.of(ring.numbers.gmfn) !== undefined && isOpen(ring))
  if (open.length === 0) return [...rings]
  const runs = new Map(open.map((ring) => [ring, STEPS.map((step) => grantsFrom(table, table.of(ring.numbers!.gmfn)!, step))]))
  const pages = await locator.pagesOf([...runs.values()].flat(2).map(({ frame }) => frame))
  return rings.map((ring) => {
    const joined = runs.get(ring)?.map((grants) => join(ring, table, grants, pages)) ?? []
    return joined.reduce<FoundRing>((best, other) => (other && other.score.score > best.score.score ? other : best), ring)
  })
}

/** Something speaks against the ring being no more than its pages: then its other pages may lie elsewhere. */
function isOpen({ score }: FoundRing): boolean {
  return score.score < RING_SCORE || !score.quiet || score.good < 2 * (score.used - score.cleared)
}

function grantsFrom(table: GrantTable, gref: number, step: number): Grant[] {
  const grants: Grant[] = []
  for (let k = 0; k < MAX_RING_PAGES; k++) {
    const grant = table.get(gref + k * step)
    if (!grant) break
    grants.push(grant)
  }
  return grants
}

function join(
  ring: FoundRing,
  table: GrantTable,
  grants: readonly Grant[],
  pages: ReadonlyMap<number, FoundPage>,
): FoundRing | undefined {
  const all = grants.map(({ frame }) => pages.get(frame))
  const found = all.slice(0, all.findLastIndex((page) => page !== undefined) + 1)
  const bytes = joinPages(found.map((page) => page?.bytes))
  const score = found[0] ? scoreRing(bytes, missingOfRing({ offsets: found.map((page) => page?.offset) })) : undefined
  // What follows the last page that is there may be anything.
  if (!score || score.pages === 1 || !found[score.pages - 1]) return undefined
  return {
    ...ring,
    score,
    bytes: bytes.slice(0, score.pages * XEN_PAGE_SIZE),
    offsets: found.slice(0, score.pages).map((page) => page?.offset),
    joined: 'grants',
    table,
    refs: grants.slice(0, score.pages).map(({ gref }) => gref),
  }
}
