// Where the data of a request lies.

import { segmentsOf } from '../../codec/ring/request.ts'
import type { RequestSlot, ResponseSlot } from '../../codec/ring/ring.ts'
import { advance } from '../../codec/ring/ring-idx.ts'
import { sectorsPerPage } from '../../codec/ring/sector-unit.ts'
import { splitPair } from '../../codec/ring/split-pair.ts'
import { count } from '../../codec/struct/count.ts'
import { SECTORS_PER_SLOT } from '../../codec/xen/blkif.ts'
import { GNTTAB_RESERVED_CONSOLE, GNTTAB_RESERVED_XENSTORE } from '../../codec/xen/grant-table.ts'
import { numberOf, oncePerDevice } from '../../xenstore/nodes.ts'
import { queuesOf, ringRefKeys } from '../../xenstore/queues.ts'
import { type Found, foundIn, type Rule } from '../rule.ts'
import { atField, atSegment, type RingSubject } from '../subject.ts'

const BLKIF = 'xen/include/public/io/blkif.h'

/** Fewer requests under one reference say nothing. */
const MIN_REQUESTS = 3

/** What a reference of the toolstack's is, behind its number; undefined for the guest's own. */
export function reservedFor(gref: number): string | undefined {
  if (gref === GNTTAB_RESERVED_CONSOLE) return ", the console's ring in a PV Linux guest"
  return gref === GNTTAB_RESERVED_XENSTORE ? ", XenStore's ring in a PV Linux guest" : undefined
}

/** The first segment of each request of which the test says something. */
function eachFirst(
  test: (segments: ReturnType<typeof segmentsOf>) => { readonly i: number; readonly message: string } | undefined,
): (subject: RingSubject) => Found[] {
  return (subject) =>
    foundIn(subject.requests, (slot) => {
      const bad = test(segmentsOf(slot.request))
      return bad && { message: bad.message, ...atSegment(subject, slot, bad.i) }
    })
}

function repeatedGref(segments: ReturnType<typeof segmentsOf>) {
  // A driver that grants afresh has them in order, which spares the table.
  if (segments.every(({ gref }, i) => i === 0 || gref > segments[i - 1]!.gref)) return undefined
  const first = new Map<number, number>()
  for (const [i, { gref }] of segments.entries()) {
    const earlier = first.get(gref)
    if (earlier !== undefined) return { i, message: `seg[${i}] has gref ${gref}, as seg[${earlier}] has` }
    first.set(gref, i)
  }
  return undefined
}

const ringGrefsOf = oncePerDevice((xenstore): ReadonlySet<bigint> => {
  const keys = queuesOf(xenstore).flatMap((queue) => ringRefKeys(xenstore, queue))
  return new Set(keys.flatMap((key) => numberOf(xenstore.frontend, key) ?? []))
})

function transfersRing(subject: RingSubject): Found[] {
  if (!subject.xenstore) return []
  const ring = ringGrefsOf(subject.xenstore)
  return foundIn(subject.requests, (slot) => {
    const segments = segmentsOf(slot.request)
    const i = segments.findIndex(({ gref }) => ring.has(BigInt(gref)))
    if (i >= 0) return { message: `seg[${i}] has gref ${segments[i]!.gref}, a page of the ring`, ...atSegment(subject, slot, i) }
    if (slot.request.kind !== 'indirect') return undefined
    const gref = slot.request.indirect_grefs.find((gref) => ring.has(BigInt(gref)))
    if (gref === undefined) return undefined
    return { message: `indirect gref ${gref} is a page of the ring`, ...atField(subject, slot, 'indirect_grefs') }
  })
}

function splitGaps(subject: RingSubject): Found[] {
  return foundIn(subject.requests, (second, i) => {
    const first = subject.requests[i - 1]
    if (!first || second.index !== advance(first.index, 1)) return undefined
    const pair = splitPair(first.request, second.request)
    if (!pair || pair.skipped <= 0) return undefined
    const { sector_number } = pair.first
    const end = sector_number + BigInt(pair.first.nr_sectors)
    const message = `second half of slot ${first.slot} begins at sector ${sector_number} + ${SECTORS_PER_SLOT}, but the first ends at ${end}: ${count(pair.skipped, 'sector')} skipped, and as many too many at the end`
    return { message, ...atField(subject, second, 'sector_number') }
  })
}

/** One finding, since it is so of many requests where it is so of one. */
function partialPages(subject: RingSubject): Found[] {
  if (subject.disk?.untrusted) return []
  const inPage = sectorsPerPage(subject.ring.sectorUnit)
  let requests = 0
  let first: { readonly slot: RequestSlot; readonly i: number } | undefined
  for (const slot of subject.requests) {
    const i = segmentsOf(slot.request).findIndex(
      ({ first_sect, last_sect }) => first_sect <= last_sect && (first_sect > 0 || last_sect < inPage - 1),
    )
    if (i < 0) continue
    requests++
    first ??= { slot, i }
  }
  if (!first) return []
  const { first_sect, last_sect } = segmentsOf(first.slot.request)[first.i]!
  const others = requests > 1 ? ` (and segments of ${requests - 1} more requests)` : ''
  const message = `seg[${first.i}] covers sectors ${first_sect} to ${last_sect} of its page${others}`
  return [{ message, ...atSegment(subject, first.slot, first.i) }]
}

/** Every request that the ring still shows transfers one segment through one and the same page. */
function neverChanges(subject: RingSubject): Found[] {
  const { requests, responses } = subject
  const all = requests.length + responses.length
  const first = segmentsOf(requests[0]?.request)[0]?.gref ?? responses[0]?.beneath.segments[0]?.gref
  if (all < MIN_REQUESTS || first === undefined || first === 0) return []
  const onlyFirst = (segments: ReturnType<typeof segmentsOf>) => segments.length === 1 && segments[0]!.gref === first
  // How many segments were in use is lost beneath a response; what a frontend that has one never wrote is zero.
  const beneathToo = ({ beneath: { segments } }: ResponseSlot) => segments.every(({ gref }, i) => gref === (i === 0 ? first : 0))
  if (!requests.every(({ request }) => onlyFirst(segmentsOf(request))) || !responses.every(beneathToo)) return []
  return [{ message: `all ${all} requests that the ring shows have one segment, in gref ${first}` }]
}

export const SEGMENT_RULES: readonly Rule[] = [
  {
    id: 'gref-zero',
    severity: 'error',
    summary: 'A segment in use has grant reference 0 or 1.',
    source: 'xen/include/public/grant_table.h, GNTTAB_RESERVED_CONSOLE and GNTTAB_RESERVED_XENSTORE',
    explain: {
      means: 'The toolstack keeps the first references for itself; 0 is also what a field has that nobody wrote.',
      why: "In a PV Linux guest both map: 0 is the console's ring, 1 that of XenStore. A read overwrites it (it silenced the console where it was tried), a write puts it on the disk.",
      todo: 'Look for segments that were counted but not filled.',
    },
    ring: eachFirst((segments) => {
      const i = segments.findIndex(({ gref }) => reservedFor(gref) !== undefined)
      return i < 0 ? undefined : { i, message: `seg[${i}] has gref ${segments[i]!.gref}${reservedFor(segments[i]!.gref)}` }
    }),
  },
  {
    id: 'gref-repeated',
    severity: 'warning',
    summary: 'A request names the same granted page twice.',
    source: 'XSA-361, XSA-362, XSA-365 and XSA-371: backends that mishandled a map that fails in part',
    explain: {
      means: 'Two segments of one request have the same grant reference.',
      why: 'Of a read, the later sectors overwrite the earlier. Backends have leaked or double-freed pages over such lists.',
      todo: 'Look at the frontend. Linux grants each page of a request under a reference of its own.',
    },
    ring: eachFirst(repeatedGref),
  },
  {
    id: 'gref-of-ring',
    severity: 'error',
    summary: 'A request transfers through a page of the ring itself.',
    source: `${BLKIF}, ring-ref: a reference names one page for one purpose`,
    explain: {
      means: "A segment or indirect page has a reference that XenStore names as one of the ring's.",
      why: "A read overwrites indices and requests while the backend works on them: an attack on it, or the guest's own end.",
      todo: 'Treat the guest as hostile until the frontend is understood.',
    },
    ring: transfersRing,
  },
  {
    id: 'split-gap',
    severity: 'error',
    summary: 'The second half of a two-slot request does not begin where the first ends.',
    source:
      "Linux xen-blkfront since 4.5 (the commit that added 64 KiB pages' extra requests): the second half begins at first + 88",
    explain: {
      means:
        'A 64 KiB page without indirect requests goes out as 11 segments and the rest. Where the buffer begins inside a 4 KiB chunk, the 11 cover fewer than 88 sectors.',
      why: 'Sectors are skipped, and as many behind the end are read or overwritten: data is corrupted. Seen on running guests.',
      todo: 'Let the backend offer indirect requests (feature-max-indirect-segments of 16 or more), or use a guest kernel with pages of 4 or 16 KiB.',
    },
    ring: splitGaps,
  },
  {
    id: 'partial-page',
    severity: 'note',
    summary: 'A segment covers a part of the page that is granted.',
    source: 'XSA-403 (CVE-2022-33741 and CVE-2022-33742)',
    explain: {
      means: 'The backend may map the whole page, and the request needs a part of it.',
      why: 'What else lies in the page can be seen by the backend, and for a read be changed.',
      todo: 'Where the backend is not trusted, set trusted = "0", so that the frontend copies through pages of its own.',
    },
    ring: partialPages,
  },
  {
    id: 'gref-never-changes',
    severity: 'note',
    summary: 'Every request transfers through one and the same page.',
    source: 'GRUB, and frontends with one bounce buffer',
    explain: {
      means: 'All requests that the ring still shows have one segment, and its reference is always the same.',
      why: 'It is safe with one request at a time, and slow.',
      todo: 'Nothing for a boot loader.',
    },
    ring: neverChanges,
  },
]
