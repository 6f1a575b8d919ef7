// By rule of check, what breaks it in a request: the rows that are tried first where rings are to break it and no other.

import { advance } from '../../codec/ring/ring-idx.ts'
import { splitPair } from '../../codec/ring/split-pair.ts'
import { encodeOver } from '../../codec/struct/encode.ts'
import { sizeOf } from '../../codec/struct/layout.ts'
import {
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  BLKIF_OP_DISCARD,
  BLKIF_OP_FLUSH_DISKCACHE,
  BLKIF_OP_INDIRECT,
  BLKIF_OP_RESERVED_1,
  BLKIF_OP_WRITE,
  BLKIF_OP_WRITE_BARRIER,
  blkifRequestDiscard,
  blkifRequestIndirect,
  MAX_INDIRECT_SEGMENTS,
  NO_SECTOR,
  SECTORS_PER_XEN_PAGE,
  SEGS_PER_INDIRECT_PAGE,
} from '../../codec/xen/blkif.ts'
import type { Random } from '../../scenario/file/index.ts'
import { diskOf } from '../../xenstore/disk.ts'
import { numberOf } from '../../xenstore/nodes.ts'
import { ringRefs } from '../../xenstore/queues.ts'
import type { Draft } from '../draft.ts'
import { type Apply, anywhere, fromAnother, inRequest, ownerOf } from './aim.ts'
import { fillSegments } from './fill-segments.ts'
import { someOf, toFirstLap } from './first-lap.ts'
import { fieldIn, pickOne, placeIn } from './pick.ts'

/** 2^64 bytes, in sectors. */
const BYTES_WRAP = 2n ** 55n
/** Where Linux maps memory, and what it allocates lies on. */
const ADDRESS = 0xffff_8880_0000_0000n
const ALIGNED = 64n
/** More than QEMU discards at a time, in sectors. */
const LONG_DISCARD = 2n ** 22n

const up = (random: Random, by: number, most: number) => BigInt(by) * BigInt(random.below(most))

/** A request, or what was one of another operation, is a discard of so many sectors from there. */
function discard(
  wanted: (was: {
    readonly from: bigint
    readonly random: Random
    readonly draft: Draft
  }) => Partial<Record<'sector_number' | 'nr_sectors', bigint>>,
): Apply {
  return (draft, random) => {
    const { requests, geometry } = draft.source
    const held = pickOne(requests, random)
    const place = held && fieldIn(held, 'sector_number')
    if (!held || !place) return false
    const { request, slot } = held.slot
    const from = draft.get(place) as bigint
    const value = { sector_number: from, nr_sectors: 8n + up(random, 8, 32), ...wanted({ from, random, draft }) }
    value.sector_number = BigInt.asUintN(64, value.sector_number)
    const handle = request.kind === 'other' ? 0 : request.handle
    const whole = { operation: BLKIF_OP_DISCARD, flag: 0, handle, id: request.id, ...value }
    encodeOver(blkifRequestDiscard, geometry.abi, whole as never, draft.bytes, held.at)
    draft.say(`ring[${slot}]`, request.op, `a discard of ${value.nr_sectors} sectors from ${value.sector_number} on`)
    return true
  }
}

/** Another page, or the first once more, is the second page of a request of so many segments. */
const pageTwice: Apply = (draft, random) => {
  const held = pickOne(
    draft.source.requests.filter(({ slot }) => slot.request.kind === 'indirect'),
    random,
  )
  const [count, first] = [held && fieldIn(held, 'nr_segments'), held && fieldIn(held, 'indirect_grefs')]
  if (!count || !first) return false
  const { element } = blkifRequestIndirect.fields.indirect_grefs
  const second = { ...first, path: first.path.replace(/\[0\]$/, '[1]'), at: first.at + sizeOf(element, draft.source.geometry.abi) }
  draft.set(second, draft.get(first))
  return draft.set(count, SEGS_PER_INDIRECT_PAGE + 1 + random.below(SEGS_PER_INDIRECT_PAGE))
}

/** Segments of one request lie beside each other among the fields of all. */
const grefTwice: Apply = (draft, random) => {
  const grefs = draft.source.fields.get('gref') ?? []
  const i = random.below(grefs.length)
  const [to, from] = [grefs[i], grefs[i + 1 + random.below(BLKIF_MAX_SEGMENTS_PER_REQUEST - 1)]]
  return to !== undefined && from !== undefined && ownerOf(to) === ownerOf(from) && draft.set(to, draft.get(from))
}

/** That no answer to either is lost is certain on a first lap only. */
const idTwice: Apply = (draft, random) => {
  const requests = someOf(draft.source.requests, random)
  const [a, b] = [random.below(requests.length), random.below(requests.length)]
  const places = a === b ? undefined : toFirstLap(draft, requests)
  return places !== undefined && draft.set(places(a, 'id'), draft.get(places(b, 'id')))
}

const writeOver: Apply = (draft, random) => {
  const { requests } = draft.source
  const [a, b] = [pickOne(requests, random), pickOne(requests, random)]
  if (!a || !b || a === b) return false
  for (const held of [a, b]) {
    const operation = placeIn(held, held.slot.request.kind === 'indirect' ? 'indirect_op' : 'operation', random)
    if (operation && held.slot.request.kind !== 'discard') draft.set(operation, BLKIF_OP_WRITE)
  }
  const [to, from] = [fieldIn(a, 'sector_number'), fieldIn(b, 'sector_number')]
  return to !== undefined && from !== undefined && draft.set(to, draft.get(from))
}

/** The buffer of a request over two slots begins inside a chunk. */
const splitGap: Apply = (draft, random) => {
  const { requests } = draft.source
  const firsts = requests.slice(1).flatMap(({ slot }, i) => {
    const first = requests[i]!
    return slot.index === advance(first.slot.index, 1) && splitPair(first.slot.request, slot.request) ? [first] : []
  })
  const first = pickOne(firsts, random)
  return first !== undefined && draft.set(fieldIn(first, 'first_sect')!, 1 + random.below(SECTORS_PER_XEN_PAGE - 1))
}

/** Of a disk that XenStore shows: sectors from its end on. */
const pastEnd: Apply = inRequest('sector_number', ({ draft, random, place }) => {
  const { xenstore } = draft.source.capture
  const disk = xenstore && diskOf(xenstore, draft.source.ring.sectorUnit)
  if (disk?.sectors === undefined) return undefined
  const block = disk.sectorsPerBlock * BigInt(SECTORS_PER_XEN_PAGE)
  return ((disk.sectors + block) / block) * block + block * up(random, 1, 2 ** 20) + ((draft.get(place) as bigint) % block)
})

const overOffer: Apply = (draft, random) => {
  const { xenstore } = draft.source.capture
  const offer = Number((xenstore && numberOf(xenstore.backend, 'feature-max-indirect-segments')) ?? SEGS_PER_INDIRECT_PAGE)
  if (offer >= SEGS_PER_INDIRECT_PAGE) return false
  const held = pickOne(
    draft.source.requests.filter(({ slot }) => slot.request.kind === 'indirect'),
    random,
  )
  return held !== undefined && fillSegments(draft, held, offer + 1 + random.below(SEGS_PER_INDIRECT_PAGE - offer))
}

export const AIMS_OF_REQUESTS: Readonly<Record<string, Apply>> = {
  'operation-unknown': inRequest('operation', ({ random }) => BLKIF_OP_INDIRECT + 1 + random.below(0xff - BLKIF_OP_INDIRECT)),
  'operation-reserved': inRequest('operation', () => BLKIF_OP_RESERVED_1, ['rw']),
  'operation-not-offered': inRequest(
    'operation',
    ({ random }) => pickOne([BLKIF_OP_WRITE_BARRIER, BLKIF_OP_FLUSH_DISKCACHE], random),
    ['rw'],
  ),
  'nr-segments-zero': inRequest('nr_segments', () => 0),
  'nr-segments-impossible': inRequest('nr_segments', ({ random, of }) => {
    const [most, largest] = of.kind === 'rw' ? [BLKIF_MAX_SEGMENTS_PER_REQUEST, 0xff] : [MAX_INDIRECT_SEGMENTS, 0xffff]
    return most + 1 + random.below(largest - most)
  }),
  'segment-range': anywhere('last_sect', ({ random }) => SECTORS_PER_XEN_PAGE + random.below(0x100 - SECTORS_PER_XEN_PAGE)),
  'partial-page': anywhere('last_sect', ({ random }) => random.below(SECTORS_PER_XEN_PAGE - 1)),
  'handle-differs': inRequest('handle', ({ random }) => random.below(0x1_0000)),
  'id-like-address': inRequest('id', ({ random }) => ADDRESS + ALIGNED * up(random, 1, 2 ** 26)),
  'id-shared': idTwice,
  'gref-shared': fromAnother('gref'),
  'gref-repeated': grefTwice,
  'gref-zero': anywhere('gref', ({ random }) => random.below(2)),
  'gref-of-ring': anywhere('gref', ({ draft: { source }, random }) => {
    const refs = source.capture.xenstore ? ringRefs(source.capture.xenstore).flat() : []
    return pickOne(refs, random)
  }),
  'split-gap': splitGap,
  'writes-overlap': writeOver,
  'sector-wrap': discard(({ random }) => ({
    sector_number: NO_SECTOR - up(random, 1, 2 ** 20),
    nr_sectors: 2n ** 20n + up(random, 1, 2 ** 20),
  })),
  'sector-past-end': pastEnd,
  'sector-bytes-wrap': inRequest('sector_number', ({ random }) => BYTES_WRAP + up(random, SECTORS_PER_XEN_PAGE, 2 ** 30), [
    'rw',
    'indirect',
  ]),
  'io-misaligned': inRequest(
    'sector_number',
    ({ draft, place, random }) => (draft.get(place) as bigint) + 1n + up(random, 1, SECTORS_PER_XEN_PAGE - 1),
  ),
  'discard-empty': discard(() => ({ nr_sectors: 0n })),
  'discard-flag': inRequest('flag', ({ random }) => 2 * (1 + random.below(0x7f)), ['discard']),
  'discard-misaligned': discard(({ from, random }) => ({ sector_number: from + 1n + up(random, 1, SECTORS_PER_XEN_PAGE - 1) })),
  'discard-long': discard(({ random }) => ({
    sector_number: up(random, 8, 2 ** 10),
    nr_sectors: LONG_DISCARD + up(random, 8, 2 ** 12),
  })),
  'indirect-op-illegal': inRequest('indirect_op', ({ random }) => BLKIF_OP_WRITE + 1 + random.below(0xff - BLKIF_OP_WRITE), [
    'indirect',
  ]),
  'indirect-few-segments': inRequest('nr_segments', ({ random }) => 1 + random.below(BLKIF_MAX_SEGMENTS_PER_REQUEST), ['indirect']),
  'indirect-gref-zero': inRequest('indirect_grefs', ({ random }) => random.below(2), ['indirect']),
  'indirect-gref-repeated': pageTwice,
  'indirect-page-shared': fromAnother('indirect_grefs'),
  'indirect-over-offer': overOffer,
}
