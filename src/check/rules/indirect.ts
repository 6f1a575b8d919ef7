// Indirect requests and their pages.

import type { IndirectRequest } from '../../codec/ring/request.ts'
import { segmentsOf } from '../../codec/ring/request.ts'
import type { RequestSlot } from '../../codec/ring/ring.ts'
import { count } from '../../codec/struct/count.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST } from '../../codec/xen/blkif.ts'
import { numberOf } from '../../xenstore/nodes.ts'
import { type Found, foundIn, type Rule } from '../rule.ts'
import { atField, atIndirectGref, type RingSubject } from '../subject.ts'
import { reservedFor } from './segments.ts'

const BLKIF = 'xen/include/public/io/blkif.h'
const STRUCT = `${BLKIF}, struct blkif_request_indirect`

type IndirectSlot = RequestSlot & { readonly request: IndirectRequest }

function isIndirect(slot: RequestSlot): slot is IndirectSlot {
  return slot.request.kind === 'indirect'
}

function each(test: (slot: IndirectSlot, subject: RingSubject) => Found | undefined): (subject: RingSubject) => Found[] {
  return (subject) => foundIn(subject.requests, (slot) => (isIndirect(slot) ? test(slot, subject) : undefined))
}

/** A page of descriptors that is also something else in flight: another's page, or where data goes. */
function sharedPages(subject: RingSubject): Found[] {
  const indirect = subject.inFlight.filter(isIndirect)
  if (indirect.length === 0) return []
  const pageOf = new Map<number, number>()
  for (const { slot, request } of indirect) for (const gref of request.indirect_grefs) pageOf.set(gref, pageOf.get(gref) ?? slot)
  const found: Found[] = indirect.flatMap((slot) => {
    const k = slot.request.indirect_grefs.findIndex((gref) => pageOf.get(gref) !== slot.slot)
    if (k < 0) return []
    const gref = slot.request.indirect_grefs[k]!
    return [
      {
        message: `gref ${gref} is also an indirect page of slot ${pageOf.get(gref)}, in flight as well`,
        ...atIndirectGref(subject, slot, k),
      },
    ]
  })
  for (const slot of subject.inFlight) {
    const segment = segmentsOf(slot.request).find(({ gref }) => pageOf.has(gref))
    if (!segment) continue
    const message = `gref ${segment.gref} of a segment is an indirect page of slot ${pageOf.get(segment.gref)}`
    found.push({ message, ...atField(subject, slot, slot.request.kind === 'indirect' ? 'indirect_grefs' : 'seg') })
  }
  return found
}

export const INDIRECT_RULES: readonly Rule[] = [
  {
    id: 'indirect-gref-zero',
    severity: 'error',
    summary: 'An indirect page in use has grant reference 0 or 1.',
    source: `${STRUCT}; xen/include/public/grant_table.h, GNTTAB_RESERVED_CONSOLE and GNTTAB_RESERVED_XENSTORE`,
    explain: {
      means: 'nr_segments needs more pages than the request names.',
      why: "In a PV Linux guest 0 is the console's ring and 1 that of XenStore: the backend reads segments from a page that is not meant. Elsewhere it cannot map it.",
      todo: 'Look at how the frontend counts: one page for every 512 segments.',
    },
    ring: each((slot, subject) => {
      const k = slot.request.indirect_grefs.findIndex((gref) => reservedFor(gref) !== undefined)
      if (k < 0) return undefined
      const { nr_segments, indirect_grefs } = slot.request
      const message = `indirect_grefs[${k}] is ${indirect_grefs[k]}${reservedFor(indirect_grefs[k]!)}, and ${count(nr_segments, 'segment takes', 'segments take')} up ${count(indirect_grefs.length, 'page')}`
      return { message, ...atIndirectGref(subject, slot, k) }
    }),
  },
  {
    id: 'indirect-gref-repeated',
    severity: 'error',
    summary: 'A request names the same indirect page twice.',
    source: STRUCT,
    explain: {
      means: 'Two of indirect_grefs in use are the same page, so that 512 segments are sent twice.',
      why: 'The data of one half lands in the pages of the other.',
      todo: 'Look at how the frontend grants its indirect pages.',
    },
    ring: each((slot, subject) => {
      const { indirect_grefs } = slot.request
      const k = indirect_grefs.findIndex((gref, k) => indirect_grefs.indexOf(gref) < k)
      if (k < 0) return undefined
      const message = `indirect_grefs[${k}] is ${indirect_grefs[k]}, as [${indirect_grefs.indexOf(indirect_grefs[k]!)}] is`
      return { message, ...atIndirectGref(subject, slot, k) }
    }),
  },
  {
    id: 'indirect-page-shared',
    severity: 'error',
    summary: 'An indirect page in flight is used for something else as well.',
    source: `${STRUCT}; XSA-155 (CVE-2015-8550)`,
    explain: {
      means: 'Another request in flight has its segments in the same page, or transfers its data through it.',
      why: 'A read into the page rewrites the segments while the backend may still read them.',
      todo: 'Look at the frontend. Of a guest that is not trusted this is how a double fetch is attacked.',
    },
    ring: sharedPages,
  },
  {
    id: 'indirect-over-offer',
    severity: 'error',
    summary: 'An indirect request has more segments than the backend takes.',
    source: `${BLKIF}, feature-max-indirect-segments`,
    explain: {
      means: 'nr_segments is above the number that the backend published.',
      why: "The backend answers ERROR; Linux's does above 256.",
      todo: 'Check what the frontend read, also after migration to another host.',
    },
    ring: each((slot, subject) => {
      const offer = subject.xenstore && numberOf(subject.xenstore.backend, 'feature-max-indirect-segments')
      const { nr_segments } = slot.request
      if (offer === undefined || offer === 0n || BigInt(nr_segments) <= offer) return undefined
      return { message: `nr_segments ${nr_segments}, and the backend takes ${offer}`, ...atField(subject, slot, 'nr_segments') }
    }),
  },
  {
    id: 'indirect-few-segments',
    severity: 'note',
    summary: 'An indirect request has so few segments that it needs no indirect page.',
    source: `${BLKIF}, BLKIF_MAX_SEGMENTS_PER_REQUEST`,
    explain: {
      means: '11 segments or fewer fit in the slot itself.',
      why: 'A page is granted, mapped and read for nothing. It is legal.',
      todo: 'Nothing.',
    },
    ring: each((slot, subject) => {
      const { nr_segments } = slot.request
      if (nr_segments === 0 || nr_segments > BLKIF_MAX_SEGMENTS_PER_REQUEST) return undefined
      return { message: `nr_segments ${nr_segments} would fit in the slot`, ...atField(subject, slot, 'nr_segments') }
    }),
  },
]
