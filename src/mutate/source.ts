// A ring as mutation sees it: its fields by name and place, as the struct tables have them, and what each slot holds.
import type { Capture } from '../capture/capture.ts'
import type { DecodedCapture } from '../capture/decode-capture.ts'
import { annotateIndirectPage, annotateRing, type RingRange } from '../codec/ring/annotate-ring.ts'
import { type RingGeometry, slotOffset } from '../codec/ring/geometry.ts'
import type { RequestSlot, ResponseSlot, Ring } from '../codec/ring/ring.ts'
import type { ScalarName } from '../codec/struct/c-types.ts'
import { segmentsInPage } from '../codec/xen/blkif.ts'

/** A scalar that can be changed. */
export interface FieldPlace {
  /** As `inspect` names it: `ring[3].req.nr_segments`. */
  readonly path: string
  /** The last of its path, without the place in an array: `seg`, `gref`, `nr_segments`. */
  readonly name: string
  /** Bytes from the start of the ring, or of the indirect page. */
  readonly at: number
  readonly scalar: ScalarName
  /** The page that it lies in; undefined of the ring. */
  readonly page: number | undefined
}

/** Bytes that no field has. */
export interface Gap {
  readonly path: string
  readonly at: number
  readonly size: number
  /** The page that it lies in; undefined of the ring. */
  readonly page: number | undefined
}

/** A slot that holds a request or a response, with the places of its fields that are in use. */
export interface Held<S> {
  readonly slot: S
  readonly at: number
  readonly places: ReadonlyMap<string, readonly FieldPlace[]>
}

/** A ring to be changed. */
export interface MutableRing {
  /** The input, as it was named. */
  readonly source: string
  readonly capture: Capture
  readonly geometry: RingGeometry
  readonly ring: Ring
  /** The four indices of the header, by name. */
  readonly indices: ReadonlyMap<string, FieldPlace>
  /** By name all fields that somebody reads: indices, requests in the window, responses, segments of indirect pages. */
  readonly fields: ReadonlyMap<string, readonly FieldPlace[]>
  readonly padding: readonly Gap[]
  /** Padding of segments in use of indirect pages. */
  readonly pagePadding: readonly Gap[]
  /** In index order. */
  readonly requests: readonly Held<RequestSlot>[]
  readonly responses: readonly Held<ResponseSlot>[]
  /** The indirect pages at hand that its requests name. */
  readonly pages: ReadonlyMap<number, Uint8Array>
  /** References that no request names, the next of which is this. */
  readonly freeGref: number
}

/** @param withPages the pages beside the ring can be changed as well */
export function mutableRing({ capture, ring }: DecodedCapture, withPages: boolean): MutableRing {
  const { geometry } = ring
  const ranges = annotateRing(ring)
  const pages = withPages ? pagesOf(capture, ring) : new Map<number, Uint8Array>()
  const ofRing = placesIn(ranges, undefined)
  const ofPages = ring.slots.flatMap((slot) => (slot.state === 'request' ? inPages(geometry, slot, pages) : []))
  const held = <S extends RequestSlot | ResponseSlot>(state: S['state']): Held<S>[] =>
    (ring.slots.filter((slot) => slot.state === state) as S[]).map((slot) => ({
      slot,
      at: slotOffset(geometry, slot.slot),
      places: byName(ofRing.filter(({ path }) => path.startsWith(`ring[${slot.slot}].`))),
    }))
  return {
    source: capture.source,
    capture,
    geometry,
    ring,
    indices: new Map(ofRing.flatMap((place) => (place.at < geometry.slotsAt ? [[place.name, place] as const] : []))),
    fields: byName([...ofRing, ...ofPages.flatMap(({ places }) => places)]),
    padding: gapsIn(ranges, undefined),
    pagePadding: ofPages.flatMap(({ gaps }) => gaps),
    requests: held<RequestSlot>('request'),
    responses: held<ResponseSlot>('response'),
    pages,
    freeGref: 1 + Math.max(8, ...ofRing.flatMap((place) => (place.name === 'gref' ? [readGref(capture.bytes, place.at)] : []))),
  }
}

function placesIn(ranges: readonly RingRange[], page: number | undefined): FieldPlace[] {
  return ranges.flatMap(({ kind, scalar, path, offset: at }) =>
    kind === 'field' && scalar !== undefined ? [{ path, name: nameIn(path), at, scalar, page }] : [],
  )
}

function gapsIn(ranges: readonly RingRange[], page: number | undefined): Gap[] {
  return ranges.flatMap(({ kind, path, offset: at, size }) =>
    kind === 'padding' || kind === 'reserved' ? [{ path: path === '' ? 'padding' : `${path} padding`, at, size, page }] : [],
  )
}

const nameIn = (path: string) => path.slice(path.lastIndexOf('.') + 1).replace(/\[\d+\]$/, '')

function inPages(geometry: RingGeometry, { slot, request }: RequestSlot, pages: MutableRing['pages']) {
  if (request.kind !== 'indirect') return []
  return request.indirect_grefs.flatMap((gref, k) => {
    const bytes = pages.get(gref)
    if (!bytes) return []
    const used = segmentsInPage(request.nr_segments, k)
    const ranges = annotateIndirectPage(geometry.abi, used, `ring[${slot}].req.indirect_grefs[${k}]`)
    const there = ranges.filter(({ offset, size }) => offset + size <= bytes.length)
    return [{ places: placesIn(there, gref), gaps: gapsIn(there, gref) }]
  })
}

function pagesOf({ indirectPages }: Capture, { slots }: Ring): Map<number, Uint8Array> {
  const pages = new Map<number, Uint8Array>()
  for (const slot of slots) {
    if (slot.state !== 'request' || slot.request.kind !== 'indirect') continue
    for (const gref of slot.request.indirect_grefs) {
      const page = indirectPages.get(gref)
      if (page) pages.set(gref, page)
    }
  }
  return pages
}

function byName(places: readonly FieldPlace[]): Map<string, FieldPlace[]> {
  const named = new Map<string, FieldPlace[]>()
  for (const place of places) {
    const having = named.get(place.name)
    if (having) having.push(place)
    else named.set(place.name, [place])
  }
  return named
}

function readGref(bytes: Uint8Array, at: number): number {
  const gref = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true)
  // What is no reference of any guest is not the last of them.
  return gref < 2 ** 20 ? gref : 0
}
