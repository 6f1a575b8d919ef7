// Which of the rings that XenStore names are which of those that were found: by grant references where there is a table, else by the
// device number that requests carry.
import { MAX_RING_PAGES } from '../codec/ring/geometry.ts'
import { handlesInFlight } from '../codec/ring/handles-in-flight.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { handleOfVdev } from '../xenstore/vdev.ts'
import type { FoundTable } from './find-table.ts'
import { type FoundRing, missingOfRing, type NamedBy } from './found-ring.ts'
import type { GrantTable } from './grant-table.ts'
import { joinPages } from './join-rings.ts'
import type { FoundPage, Locator } from './locator.ts'
import type { NamedRing } from './named-ring.ts'
import { readBytes } from './reader.ts'
import { scoreNamed } from './ring-score.ts'

/** A ring that XenStore names and that was not found in an image, and why. */
export interface MissingRing {
  readonly ring: NamedRing
  readonly why: string
}

export interface NamedRings {
  readonly rings: readonly FoundRing[]
  readonly missing: readonly MissingRing[]
}

/** Pages of rings that are fetched because XenStore names them: 128 of 16 pages, or 2048 of one. */
const MAX_NAMED_PAGES = 2048

/** By grant references: XenStore says which pages, whatever they hold. The image is gone through once for all of them. */
export async function nameByRefs(
  locator: Locator,
  found: readonly FoundRing[],
  tables: readonly FoundTable[],
  named: readonly NamedRing[],
): Promise<NamedRings> {
  const plans = planned(found, tables, named)
  const frames = plans.flatMap((plan) => plan.frames ?? []).filter((frame) => frame !== undefined)
  const pages = frames.length > 0 ? await locator.pagesOf(frames) : new Map<number, FoundPage>()
  const missing: MissingRing[] = []
  let rings = [...found]
  for (const { ring, table, frames } of plans) {
    const why = reasonMissing(ring, frames, pages)
    if (why !== undefined) {
      missing.push({ ring, why })
      continue
    }
    const own = frames!.map((frame) => pages.get(frame ?? -1))
    const offsets = own.map((page) => page?.offset)
    const same = rings.find((r) => r.offsets[0] === offsets[0])
    const bytes = joinPages(own.map((page) => page?.bytes))
    const gmfn = frames![0]!
    const made: FoundRing = {
      place: same?.place,
      offsets,
      numbers: same?.numbers ?? (locator.map.table?.kind === 'p2m' ? undefined : { pfn: gmfn, gmfn }),
      bytes,
      score: scoreNamed(bytes, ring.abi, missingOfRing({ offsets })),
      joined: offsets.length === 1 ? 'one' : 'xenstore',
      table,
      refs: ring.refs,
      named: { ring, by: 'ring-ref' },
      indirect: new Map(),
      missing: [],
      doubts: [],
    }
    // What was found at one of its pages was this ring, or a part of it.
    rings = [...rings.filter((r) => r.named?.by === 'ring-ref' || !offsets.includes(r.offsets[0]!)), made]
  }
  return { rings, missing }
}

interface Plan {
  readonly ring: NamedRing
  readonly table: GrantTable
  /** Of its pages, as far as the table knows; undefined where there are too many rings. */
  readonly frames: readonly (number | undefined)[] | undefined
}

/** The rings of those guests of which a table is at hand. */
function planned(found: readonly FoundRing[], tables: readonly FoundTable[], named: readonly NamedRing[]): Plan[] {
  if (tables.length === 0) return []
  let room = MAX_NAMED_PAGES
  const guests = byDomain(named)
  return [...guests.values()].flatMap((own) => {
    const table = tableOf(own, found, tables, guests.size === 1)
    if (!table) return []
    return own.map((ring): Plan => {
      const pages = ring.refs.length > MAX_RING_PAGES ? 0 : ring.refs.length
      if (pages > room) return { ring, table, frames: undefined }
      room -= pages
      return { ring, table, frames: ring.refs.slice(0, pages).map((ref) => table.get(ref)?.frame) }
    })
  })
}

function byDomain(named: readonly NamedRing[]): Map<string, NamedRing[]> {
  const guests = new Map<string, NamedRing[]>()
  for (const ring of named) {
    const own = guests.get(ring.domain)
    if (own) own.push(ring)
    else guests.set(ring.domain, [ring])
  }
  return guests
}

/** The table whose references lead from what XenStore names to what was found; the one there is, if there is one guest only. */
function tableOf(
  own: readonly NamedRing[],
  found: readonly FoundRing[],
  tables: readonly FoundTable[],
  onlyGuest: boolean,
): GrantTable | undefined {
  const firsts = new Set(found.map(({ numbers }) => numbers?.gmfn))
  const hits = tables.map(({ table }) => own.filter(({ refs }) => firsts.has(table.get(refs[0] ?? -1)?.frame ?? -1)).length)
  const most = Math.max(0, ...hits)
  if (most > 0) return tables[hits.indexOf(most)]!.table
  return onlyGuest && tables.length === 1 ? tables[0]!.table : undefined
}

function reasonMissing(
  { refs }: NamedRing,
  frames: readonly (number | undefined)[] | undefined,
  pages: ReadonlyMap<number, unknown>,
): string | undefined {
  if (refs.length === 0) return 'XenStore names no ring-ref for it'
  if (refs.length > MAX_RING_PAGES) return `XenStore names ${refs.length} pages for it, and a ring has ${MAX_RING_PAGES} at most`
  if (!frames) return 'XenStore names more rings than any host has'
  // Its indices are in the first page: without others, slots are unknown.
  const [first] = frames
  if (first === undefined) return `the grant table gives access to no page by reference ${refs[0]}`
  return pages.has(first) ? undefined : `frame ${first} of reference ${refs[0]} is not in the image`
}

/** By the device number in requests in flight; then the one ring that is left, if one is. Its pages are then as many as XenStore says. */
export async function nameByHandle(
  locator: Locator,
  found: readonly FoundRing[],
  named: readonly NamedRing[],
): Promise<FoundRing[]> {
  if (named.length === 0) return [...found]
  const fits = ({ refs, abi }: NamedRing, { score }: FoundRing) =>
    refs.length <= MAX_RING_PAGES && (!abi || abi.u64Align === score.abi.u64Align || score.anyAbi) && refs.length >= score.pages
  const carries = (ring: FoundRing) => {
    const handles = handlesInFlight(ring.bytes, ring.score.abi, missingOfRing(ring))
    return (n: NamedRing) => n.vdev !== undefined && handles.has(handleOfVdev(n.vdev)) && fits(n, ring)
  }
  const known = new Set(found.map((ring) => ring.named?.ring))
  const free = named.filter((n) => !known.has(n))
  const wants = new Map(found.map((ring) => [ring, ring.named ? [] : free.filter(carries(ring))]))
  const claims = new Map<NamedRing, number>()
  for (const list of wants.values()) for (const n of list) claims.set(n, (claims.get(n) ?? 0) + 1)
  const wanted = (n: NamedRing) => claims.get(n) ?? 0
  const taken = new Set<NamedRing>()
  const rings: FoundRing[] = []
  for (const ring of found) {
    const [fit, ...others] = wants.get(ring)!
    const sure = fit && others.length === 0 && wanted(fit) === 1
    if (sure) taken.add(fit)
    rings.push(sure ? await withPages(locator, namedAs(ring, fit, 'handle'), fit) : ring)
  }
  const left = free.filter((n) => !taken.has(n))
  const unnamed = rings.flatMap((ring, i) => (ring.named ? [] : [i]))
  const [last, one] = [rings[unnamed[0] ?? -1], left[0]]
  if (last && one && unnamed.length === 1 && left.length === 1 && wants.get(last)!.length === wanted(one) && fits(one, last))
    rings[unnamed[0]!] = await withPages(locator, namedAs(last, one, 'only'), one)
  return rings
}

/** Read by the protocol that XenStore says, where its slots read as well by another. */
function namedAs(found: FoundRing, ring: NamedRing, by: NamedBy): FoundRing {
  const isOther = ring.abi !== undefined && ring.abi.u64Align !== found.score.abi.u64Align
  return { ...found, named: { ring, by }, score: isOther ? scoreNamed(found.bytes, ring.abi) : found.score }
}

/** As many pages as XenStore says, if those that follow read no worse: those that were not used yet tell nothing. */
async function withPages({ reader }: Locator, ring: FoundRing, { refs, abi }: NamedRing): Promise<FoundRing> {
  const named =
    refs.length === ring.score.pages ? undefined : await readBytes(reader, ring.offsets[0]!, refs.length * XEN_PAGE_SIZE)
  if (!named || named.length === 0 || named.length < refs.length * XEN_PAGE_SIZE) return ring
  const score = scoreNamed(named, abi)
  if (score.score < ring.score.score) return ring
  const offsets = refs.map((_, page) => ring.offsets[0]! + page * XEN_PAGE_SIZE)
  return { ...ring, bytes: named, score, offsets, joined: 'following', refs: refs.map(() => undefined) }
}
