// The JSON of `find`: what was found, and what speaks for it.
import { distance } from '../../codec/ring/ring-idx.ts'
import type { Verdict } from '../../doctor/index.ts'
import { type DataPage, type FoundImage, type FoundRing, protocolOfRing } from '../../image/index.ts'
import type { JsonOf } from '../../print/shape.ts'
import type { ExtractedRing } from './extract.ts'
import type { FIND } from './shape.ts'
import { ringEvidence } from './words.ts'

type FoundJson = JsonOf<typeof FIND>
type RingJson = FoundJson['rings'][number]

/** What is said beside the image. */
export interface FindJsonOptions {
  readonly source: string
  readonly grantTable: string | undefined
  /** What was written of each ring, where it was asked to be. */
  readonly rings?: readonly ExtractedRing[]
  /** What doctor says of each ring. */
  readonly verdicts?: readonly (Verdict | undefined)[]
}

export function findJson(image: FoundImage, { source, grantTable, rings = [], verdicts = [] }: FindJsonOptions): FoundJson {
  const { map, pages, unread, tables, missing, nearMisses, notes } = image
  return {
    source,
    format: map.format,
    pages,
    unread: { ...unread },
    grantTables: tables.map(({ table, offset }) => ({
      ...(offset === undefined ? { source: grantTable } : { offset }),
      version: table.version,
      entries: table.entries,
      frames: table.frames.size,
    })),
    rings: image.rings.map((ring, n) => ({ ...ringJson(ring, n, image), ...verdictJson(verdicts[n]), ...writtenJson(rings[n]) })),
    missing: missing.map(({ ring, why }) => ({ device: ring.device, ...queueJson(ring.queue), 'ring-ref': [...ring.refs], why })),
    nearMisses,
    notes: [...notes],
  }
}

/** Where it was written, and which data pages were. */
function writtenJson(ring: ExtractedRing | undefined): Pick<RingJson, 'folder' | 'salvaged'> {
  if (!ring) return {}
  const { place, data } = ring
  return { folder: place, ...(data ? { salvaged: { pages: [...data.pages], missing: [...data.missing] } } : {}) }
}

function verdictJson(verdict: Verdict | undefined): Pick<RingJson, 'verdict' | 'certainty'> {
  return verdict ? { verdict: verdict.verdict, certainty: verdict.sureness } : {}
}

function ringJson(ring: FoundRing, n: number, { map, data }: FoundImage): RingJson {
  const { score, numbers, refs, named, joined, indirect, missing, doubts } = ring
  const { req_prod, req_event, rsp_prod, rsp_event } = score.sring
  return {
    ring: n,
    offset: ring.offsets[0]!,
    offsets: ring.offsets.map((offset) => offset ?? null),
    pfn: numbers?.pfn ?? null,
    gmfn: numbers?.gmfn ?? null,
    protocol: protocolOfRing(ring, map),
    pages: score.pages,
    joined,
    'ring-ref': refs.map((ref) => ref ?? null),
    ...(named ? { device: named.ring.device, ...queueJson(named.ring.queue), namedBy: named.by } : {}),
    req_prod,
    req_event,
    rsp_prod,
    rsp_event,
    outstanding: distance(rsp_prod, req_prod),
    score: score.score,
    evidence: ringEvidence(ring, map),
    doubts: doubts.map(({ kind }) => kind),
    indirect: [...indirect].map(([gref, page]) => ({ gref, offset: page.offset })),
    missing: [...missing],
    ...(data ? { data: data.pages[n]!.map(dataJson) } : {}),
  }
}

function queueJson(queue: number | undefined): { readonly queue?: number } {
  return queue === undefined ? {} : { queue }
}

function dataJson({
  slot,
  segment,
  gref,
  first_sect,
  last_sect,
  domid,
  frame,
  offset,
}: DataPage): NonNullable<RingJson['data']>[number] {
  return { slot, segment, gref, first_sect, last_sect, domid: domid ?? null, frame: frame ?? null, offset: offset ?? null }
}
