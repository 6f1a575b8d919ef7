// Bytes that nobody should have written.
import { slotOffset } from '../../codec/ring/geometry.ts'
import type { Request } from '../../codec/ring/request.ts'
import type { Abi } from '../../codec/struct/abi.ts'
import { annotate } from '../../codec/struct/annotate.ts'
import type { Struct } from '../../codec/struct/c-types.ts'
import { layoutOf } from '../../codec/struct/layout.ts'
import { blkifIndirectPage, segmentsInPage } from '../../codec/xen/blkif.ts'
import { REQUEST_STRUCTS } from '../../codec/xen/operations.ts'
import { sringHeader } from '../../codec/xen/ring.ts'
import type { Found, Rule } from '../rule.ts'
import { atIndirectGref, type RingSubject } from '../subject.ts'

const NOT_ZEROED = 'XSA-403 (CVE-2022-26365): frontends that share pages which they did not zero'

/** Offsets of the padding bytes of a struct, each with the element of `array` that it lies in, or -1. */
interface Pad {
  readonly offset: number
  readonly element: number
}

const cache = new Map<Struct, Map<Abi, readonly Pad[]>>()

export function paddingOf(type: Struct, abi: Abi): readonly Pad[] {
  const ofType = cache.get(type) ?? new Map<Abi, readonly Pad[]>()
  cache.set(type, ofType)
  let pads = ofType.get(abi)
  if (!pads) {
    pads = annotate(type, abi, 0, '').flatMap(({ kind, offset, size, path }) => {
      if (kind === 'field') return []
      const element = Number(/^\.\w+\[(\d+)\]/.exec(path)?.[1] ?? -1)
      return Array.from({ length: size }, (_, i) => ({ offset: offset + i, element }))
    })
    ofType.set(abi, pads)
  }
  return pads
}

/** Elements of the struct's array that are in use: segments of a direct request. */
function elementsInUse(request: Request): number {
  return request.kind === 'rw' ? request.segments.length : 0
}

function firstNonZero(bytes: Uint8Array, from: number, to: number): number | undefined {
  for (let at = from; at < to; at++) if (bytes[at] !== 0) return at
  return undefined
}

function wrong(bytes: Uint8Array, offset: number | undefined, where: string): Found[] {
  return offset === undefined
    ? []
    : [{ message: `${where}: 0x${bytes[offset]!.toString(16).padStart(2, '0')} instead of 0`, offset }]
}

function checkRequests({ requests, ring: { geometry }, bytes }: RingSubject): Found[] {
  return requests.flatMap(({ slot, request }) => {
    if (request.kind === 'other') return []
    const at = slotOffset(geometry, slot)
    const used = elementsInUse(request)
    const pad = paddingOf(REQUEST_STRUCTS[request.kind], geometry.abi).find(
      ({ offset, element }) => element < used && bytes[at + offset] !== 0,
    )
    return pad ? wrong(bytes, at + pad.offset, 'padding of the request').map((found) => ({ ...found, slot })) : []
  })
}

function checkIndirectPages(subject: RingSubject): Found[] {
  const { abi } = subject.ring.geometry
  return subject.requests.flatMap((slot) => {
    const { request } = slot
    if (request.kind !== 'indirect' || !request.segments) return []
    const k = request.indirect_grefs.findIndex((gref, k) => {
      const page = subject.indirectPages.get(gref)
      const used = segmentsInPage(request.nr_segments, k)
      return page && paddingOf(blkifIndirectPage, abi).some(({ offset, element }) => element < used && (page[offset] ?? 0) !== 0)
    })
    if (k < 0) return []
    const message = `padding of segments in use is not zero in the page of indirect_grefs[${k}]`
    return [{ message, ...atIndirectGref(subject, slot, k) }]
  })
}

export const PADDING_RULES: readonly Rule[] = [
  {
    id: 'header-padding',
    severity: 'warning',
    summary: 'The padding between the indices and the first slot is not zero.',
    source: 'xen/include/public/io/ring.h, SHARED_RING_INIT',
    explain: {
      means: 'The macro that sets a ring up zeroes these 48 bytes, and no block driver writes there.',
      why: 'The page is no ring, or somebody writes out of place, and may next hit an index.',
      todo: 'Check that the page is the ring. Then look for the writer: the value often tells.',
    },
    ring: ({ bytes, ring: { geometry } }) => {
      const pads = paddingOf(sringHeader, geometry.abi)
      return wrong(bytes, pads.find(({ offset }) => bytes[offset] !== 0)?.offset, 'padding of the header')
    },
  },
  {
    id: 'request-padding',
    severity: 'note',
    summary: 'Padding inside a request is not zero.',
    source: NOT_ZEROED,
    explain: {
      means: 'Bytes that only alignment put between the fields hold something.',
      why: 'They come from memory of the guest that was never meant to be shared; nobody reads them.',
      todo: 'Where the backend is not trusted, have the frontend zero its slots.',
    },
    ring: checkRequests,
  },
  {
    id: 'indirect-page-padding',
    severity: 'note',
    summary: 'Padding of segments in an indirect page is not zero.',
    source: `${NOT_ZEROED}; Linux 6.1 with persistent grants leaves it so in up to half of the pages`,
    explain: {
      means: 'The two bytes behind last_sect of a segment in use hold something.',
      why: 'They show the backend what the page held before; nobody reads them.',
      todo: 'Where the backend is not trusted, have the frontend zero its indirect pages.',
    },
    ring: checkIndirectPages,
  },
  {
    id: 'tail-not-zero',
    severity: 'note',
    summary: 'The bytes behind the last slot are not zero.',
    source: NOT_ZEROED,
    explain: {
      means: 'No slot reaches there; a page that was zeroed before it was shared has zeroes.',
      why: 'The backend sees memory of the guest. In a ring that was zeroed, somebody wrote beyond the slots.',
      todo: 'Update the frontend. If it does zero its ring, check the ABI and the number of pages.',
    },
    ring: ({ bytes, ring: { geometry } }) =>
      wrong(bytes, firstNonZero(bytes, geometry.tailAt, geometry.bytes), 'behind the last slot'),
  },
  {
    id: 'unused-slot-not-zero',
    severity: 'note',
    summary: 'A slot that was never used is not zero.',
    source: NOT_ZEROED,
    explain: {
      means: 'The ring is on its first lap and has not come to this slot.',
      why: 'The backend sees what the page held before; or requests lie there that are not published yet.',
      todo: 'Update the frontend, unless it just writes its next request there.',
    },
    ring: ({ ring: { geometry, slots }, bytes }) => {
      const { size } = layoutOf(REQUEST_STRUCTS.rw, geometry.abi)
      for (const { slot, state } of slots) {
        if (state !== 'unused') continue
        const at = slotOffset(geometry, slot)
        const found = wrong(bytes, firstNonZero(bytes, at, at + size), 'slot that was not used yet')
        if (found.length > 0) return found.map((f) => ({ ...f, slot }))
      }
      return []
    },
  },
]
