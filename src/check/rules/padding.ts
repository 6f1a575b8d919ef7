// Bytes that nobody should have written.
import { slotOffset } from '../../codec/ring/geometry.ts'
import type { Request } from '../../codec/ring/request.ts'
import { annotate } from '../../codec/struct/annotate.ts'
import type { Struct } from '../../codec/struct/c-types.ts'
import { perType } from '../../codec/struct/memo.ts'
import { blkifIndirectPage, segmentsInPage } from '../../codec/xen/blkif.ts'
import { REQUEST_STRUCTS } from '../../codec/xen/operations.ts'
import { sringHeader } from '../../codec/xen/ring.ts'
import { type Found, foundIn, type Rule } from '../rule.ts'
import { atIndirectGref, type RingSubject } from '../subject.ts'

const NOT_ZEROED = 'XSA-403 (CVE-2022-26365): frontends that share pages which they did not zero'

/** Offsets of the padding bytes of a struct, each with the element of `array` that it lies in, or -1. */
interface Pad {
  readonly offset: number
  readonly element: number
}

const paddingOf = /*#__PURE__*/ perType((type: Struct, abi): readonly Pad[] => {
  const ranges = annotate(type, abi, 0, '')
  // What lies behind the last field is stale rather than padding: a driver that copies whole slots leaves it as it was.
  const behind = ranges.findLast(({ kind }) => kind === 'field')!.offset
  return ranges.flatMap(({ kind, offset, size, path }) => {
    if (kind === 'field' || (offset > behind && type !== sringHeader && !/\]$/.test(path))) return []
    const element = Number(/^\.\w+\[(\d+)\]/.exec(path)?.[1] ?? -1)
    return Array.from({ length: size }, (_, i) => ({ offset: offset + i, element }))
  })
})

/** Elements of the struct's array that are in use: segments of a direct request. */
function elementsInUse(request: Request): number {
  return request.kind === 'rw' ? request.segments.length : 0
}

/** The first offset of padding in use whose byte is not 0. @param used elements of the struct's array that are in use */
function firstWritten(pads: readonly Pad[], bytes: Uint8Array, at: number, used: number): number | undefined {
  for (const { offset, element } of pads) {
    // In order: behind the elements in use lies nothing that counts.
    if (element >= used) return undefined
    if ((bytes[at + offset] ?? 0) !== 0) return at + offset
  }
  return undefined
}

function firstNonZero(bytes: Uint8Array, from: number, to: number): number | undefined {
  for (let at = from; at < to; at++) if (bytes[at] !== 0) return at
  return undefined
}

function wrong(bytes: Uint8Array, offset: number, where: string): Found {
  return { message: `${where}: 0x${bytes[offset]!.toString(16).padStart(2, '0')} instead of 0`, offset }
}

function checkRequests({ requests, ring: { geometry }, bytes }: RingSubject): Found[] {
  return foundIn(requests, ({ slot, request }) => {
    if (request.kind === 'other') return undefined
    const pads = paddingOf(REQUEST_STRUCTS[request.kind], geometry.abi)
    const offset = firstWritten(pads, bytes, slotOffset(geometry, slot), elementsInUse(request))
    return offset === undefined ? undefined : { ...wrong(bytes, offset, 'padding of the request'), slot }
  })
}

function checkIndirectPages(subject: RingSubject): Found[] {
  const { abi } = subject.ring.geometry
  const pads = paddingOf(blkifIndirectPage, abi)
  return foundIn(subject.requests, (slot) => {
    const { request } = slot
    if (request.kind !== 'indirect' || !request.segments) return undefined
    const k = request.indirect_grefs.findIndex((gref, k) => {
      const page = subject.indirectPages.get(gref)
      return page && firstWritten(pads, page, 0, segmentsInPage(request.nr_segments, k)) !== undefined
    })
    if (k < 0) return undefined
    const message = `padding of segments in use is not zero in the page of indirect_grefs[${k}]`
    return { message, ...atIndirectGref(subject, slot, k) }
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
      const offset = firstWritten(paddingOf(sringHeader, geometry.abi), bytes, 0, 0)
      return offset === undefined ? [] : [wrong(bytes, offset, 'padding of the header')]
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
    ring: ({ bytes, ring: { geometry } }) => {
      const offset = firstNonZero(bytes, geometry.tailAt, geometry.bytes)
      return offset === undefined ? [] : [wrong(bytes, offset, 'behind the last slot')]
    },
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
      for (const { slot, state } of slots) {
        if (state !== 'unused') continue
        const at = slotOffset(geometry, slot)
        const offset = firstNonZero(bytes, at, at + geometry.stride)
        if (offset !== undefined) return [{ ...wrong(bytes, offset, 'slot that was not used yet'), slot }]
      }
      return []
    },
  },
]
