// Level bytes: every byte, with the name of its field on either side.
import { sameBytes } from '../codec/ring/changed-in-flight.ts'
import type { IndirectRequest } from '../codec/ring/request.ts'
import { slotsByIndex } from '../codec/ring/ring.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { differingRuns } from './byte-runs.ts'
import { isIgnored } from './field-names.ts'
import { inOrder, matchSlots } from './match.ts'
import type { Difference, DiffOptions, Hunk, MatchBy, PlacedSlot, SideRing, Unknown } from './model.ts'
import { bytesOfSlot, namedHeader, namedPage, namedSlot } from './named-bytes.ts'
import { tailHunk } from './tail.ts'

/** Compares two rings byte by byte; slots in place unless `by` says otherwise. */
export function diffBytes(a: SideRing, b: SideRing, by: MatchBy, options: DiffOptions, unknown: Unknown[]): Hunk[] {
  const counting = (differences: Difference[]) => {
    return differences.filter(({ field, kind }) => !isIgnored(field, kind, options.ignore ?? new Set()))
  }
  const header = counting(differingRuns(namedHeader(a), namedHeader(b)))
  const hunks: Hunk[] = header.length > 0 ? [{ part: 'header', queue: a.queue ?? b.queue, a: [], b: [], differences: header }] : []
  const [slotsA, slotsB] = [a, b].map(({ ring, queue }) =>
    (by === 'slot' ? ring.slots : slotsByIndex(ring)).map((slot) => ({ queue, slot })),
  )
  for (const [x, y] of inOrder(slotsA!, slotsB!, matchSlots(slotsA!, slotsB!, by))) {
    const differences = x && y ? counting([...slotRuns(a, x, b, y), ...pageRuns(a, x, b, y, unknown)]) : []
    if (x && y && differences.length === 0) continue
    hunks.push({ part: 'slots', queue: undefined, a: x ? [x] : [], b: y ? [y] : [], differences })
  }
  return [...hunks, ...tailHunk(a, b, options)]
}

function slotRuns(a: SideRing, x: PlacedSlot, b: SideRing, y: PlacedSlot): Difference[] {
  return sameBytes(bytesOfSlot(a, x), bytesOfSlot(b, y)) ? [] : differingRuns(namedSlot(a, x), namedSlot(b, y))
}

/** The indirect pages that both requests name, page by page. */
function pageRuns(a: SideRing, x: PlacedSlot, b: SideRing, y: PlacedSlot, unknown: Unknown[]): Difference[] {
  const [left, right] = [indirectOf(x), indirectOf(y)]
  if (!left || !right) return []
  const differences: Difference[] = []
  for (let k = 0; k < Math.min(left.indirect_grefs.length, right.indirect_grefs.length); k++) {
    const [gref, other] = [left.indirect_grefs[k]!, right.indirect_grefs[k]!]
    const [page, otherPage] = [a.indirectPages.get(gref), b.indirectPages.get(other)]
    if (!page && !otherPage && gref === other) continue
    if (page?.length !== XEN_PAGE_SIZE) unknown.push({ what: 'page', side: 'a', slot: x, gref })
    if (otherPage?.length !== XEN_PAGE_SIZE) unknown.push({ what: 'page', side: 'b', slot: y, gref: other })
    if (page?.length !== XEN_PAGE_SIZE || otherPage?.length !== XEN_PAGE_SIZE || sameBytes(page, otherPage)) continue
    const [named, otherNamed] = [namedPage(a, x.slot.slot, left, page, k), namedPage(b, y.slot.slot, right, otherPage, k)]
    differences.push(...differingRuns(named, otherNamed))
  }
  return differences
}

function indirectOf({ slot }: PlacedSlot): IndirectRequest | undefined {
  return slot.state === 'request' && slot.request.kind === 'indirect' ? slot.request : undefined
}
