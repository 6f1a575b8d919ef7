// A header without the number of slots, as `struct blkif_sring` prints it: how many the ring has follows from its pages, or is bounded.
import { MAX_RING_PAGES, ringGeometry } from '../codec/ring/geometry.ts'
import { x86_64 } from '../codec/struct/abi.ts'
import type { XenstoreNodes } from '../xenstore/nodes.ts'
import { ringRefs } from '../xenstore/queues.ts'
import type { Moment, PartOfMoment } from './moment.ts'
import { isWhole } from './testimonies.ts'

/**
 * The moment of a ring of which the header is there and the number of slots is not: by its pages, where its references are known, else
 * as that of the largest ring, by which bounds are the widest and hold for every smaller one.
 * @returns undefined where an index of the page is missing as well
 */
export function supposedSlots(part: PartOfMoment, nodes: XenstoreNodes | undefined): Moment | undefined {
  const refs = part.ringRefs ?? (nodes && ringRefs(nodes)[part.queue ?? 0])
  const pages = refs?.length || undefined
  const moment = { ...part, nr_ents: part.nr_ents ?? slotsOf(pages ?? MAX_RING_PAGES) }
  if (!isWhole(moment)) return undefined
  return part.nr_ents === undefined && pages === undefined ? { ...moment, isMostSlots: true } : moment
}

/** Entries of 108 to 112 bytes make the same power of two, whatever the ABI. */
function slotsOf(pages: number): number {
  return ringGeometry(x86_64, Math.min(pages, MAX_RING_PAGES)).nr_ents
}

/** `32 slots`, in the words of what is known of their number. */
export function slotsText({ nr_ents, isMostSlots }: Pick<Moment, 'nr_ents' | 'isMostSlots'>): string {
  return isMostSlots ? `${nr_ents} slots at the most` : `${nr_ents} slots`
}
