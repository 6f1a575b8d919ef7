// By rule of check, what breaks it in the header, in responses, in bytes between fields, or in all requests at once.
import { slotOffset } from '../../codec/ring/geometry.ts'
import { INDEX_NAMES, type IndexName } from '../../codec/ring/missing.ts'
import { advance } from '../../codec/ring/ring-idx.ts'
import { DEFAULT_SECTOR_UNIT, smallSectors } from '../../codec/ring/sector-unit.ts'
import {
  BLKIF_OP_DISCARD,
  BLKIF_OP_INDIRECT,
  BLKIF_OP_READ,
  BLKIF_OP_WRITE,
  BLKIF_RSP_EOPNOTSUPP,
  BLKIF_RSP_ERROR,
} from '../../codec/xen/blkif.ts'
import type { Random } from '../../scenario/file/index.ts'
import { sectorUnitOfDisk } from '../../xenstore/disk.ts'
import { numberOf, oncePerDevice, type XenstoreNodes } from '../../xenstore/nodes.ts'
import type { Draft } from '../draft.ts'
import type { Gap } from '../source.ts'
import { type Apply, byteIn, inResponse } from './aim.ts'
import { someOf, toFirstLap } from './first-lap.ts'
import { index, setIndex } from './indices.ts'
import { fieldIn, pickOne } from './pick.ts'

/** An index lies so far from another. */
function lies(
  name: IndexName,
  from: IndexName,
  by: (given: { readonly random: Random; readonly nr_ents: number; readonly outstanding: number }) => number,
): Apply {
  return (draft, random) => {
    const { ring, geometry } = draft.source
    const distance = by({ random, nr_ents: geometry.nr_ents, outstanding: Math.min(ring.outstanding, geometry.nr_ents) })
    return setIndex(draft, name, advance(index(draft, from), distance))
  }
}

/** Producers and events of a ring that nothing was on, and nothing in its slots. */
function newRing(events: (random: Random) => readonly [req_event: number, rsp_event: number]): Apply {
  return (draft, random) => {
    const [req_event, rsp_event] = events(random)
    const values = { req_prod: 0, req_event, rsp_prod: 0, rsp_event }
    if (draft.bytes.subarray(draft.source.geometry.slotsAt).some((byte) => byte !== 0)) {
      draft.bytes.fill(0, draft.source.geometry.slotsAt)
      draft.say('ring', 'its slots', 'zeros')
    }
    return INDEX_NAMES.filter((name) => setIndex(draft, name, values[name])).length > 0
  }
}

const unusedSlots = ({ source: { ring, geometry } }: Draft): Gap[] =>
  ring.slots.flatMap(({ state, slot }) =>
    state === 'unused' ? [{ path: `ring[${slot}]`, at: slotOffset(geometry, slot), size: geometry.stride, page: undefined }] : [],
  )

const gapsWhere = (test: (gap: Gap, draft: Draft) => boolean) =>
  byteIn((draft) => draft.source.padding.filter((gap) => test(gap, draft)))

const readOnlyDisk = oncePerDevice((nodes: XenstoreNodes): XenstoreNodes => {
  const info = numberOf(nodes.backend, 'info')
  const backend = new Map(nodes.backend).set('mode', 'r')
  if (info !== undefined) backend.set('info', String(info | 4n))
  return { ...nodes, backend }
})

/** The disk is read-only, every write a read, and one request of this operation. */
function onReadOnlyDisk(operation: number): Apply {
  return (draft, random) => {
    const { requests, capture } = draft.source
    const one = pickOne(
      requests.filter(({ slot: { request } }) => request.kind === 'rw' || request.operation === operation),
      random,
    )
    if (!capture.xenstore || !one) return false
    draft.setXenstore(readOnlyDisk(capture.xenstore), 'backend/mode', capture.xenstore.backend.get('mode') ?? 'nothing', 'r')
    for (const held of requests) {
      const place = fieldIn(held, held.slot.request.kind === 'indirect' ? 'indirect_op' : 'operation')
      if (held !== one && place && held.slot.request.kind !== 'discard') draft.set(place, BLKIF_OP_READ)
    }
    const place = fieldIn(one, 'operation')!
    return draft.set(place, operation) || draft.changes.length > 0
  }
}

/** Requests that count the disk's own sectors, as Windows writes them: none of them fits the disk in sectors of 512 bytes. */
const inDisksOwnSectors: Apply = (draft, random) => {
  const { xenstore } = draft.source.capture
  const unit = xenstore && sectorUnitOfDisk(xenstore)
  if (unit === undefined || unit === DEFAULT_SECTOR_UNIT) return false
  const requests = someOf(
    draft.source.requests.filter(({ slot }) => slot.request.kind === 'rw' && slot.request.segments.length > 0),
    random,
  )
  const placeOf = toFirstLap(draft, requests)
  if (!placeOf) return false
  const small = BigInt(smallSectors(unit))
  for (const [i, { places }] of requests.entries()) {
    const sector = placeOf(i, 'sector_number')
    draft.set(sector, (((draft.get(sector) as bigint) / small) & ~7n) + 1n + BigInt(random.below(7)))
    for (const name of ['first_sect', 'last_sect'])
      for (const [k] of (places.get(name) ?? []).entries()) draft.set(placeOf(i, name, k), 0)
  }
  return true
}

export const AIMS_OF_RINGS: Readonly<Record<string, Apply>> = {
  'indices-impossible': lies('req_prod', 'rsp_prod', ({ random, nr_ents }) => nr_ents + 1 + random.below(2 ** 30)),
  'ring-all-zero': (draft) => {
    draft.say('ring', 'its bytes', 'zeros')
    draft.bytes.fill(0)
    return true
  },
  'events-not-initialised': newRing((random) => (random.below(2) === 0 ? [0, 1] : [1, 0])),
  'req-event-beyond': lies('req_event', 'req_prod', ({ random }) => 2 + random.below(2 ** 30)),
  'req-event-passed': lies('req_event', 'req_prod', ({ random, nr_ents }) => -random.below(nr_ents)),
  'rsp-event-passed': lies('rsp_event', 'rsp_prod', ({ random, nr_ents }) => -random.below(nr_ents)),
  'rsp-event-deferred': lies('rsp_event', 'rsp_prod', ({ random, outstanding }) => 2 + random.below(Math.max(1, outstanding - 1))),
  'rsp-event-unreachable': lies('rsp_event', 'rsp_prod', ({ random, outstanding }) => outstanding + 2 + random.below(2 ** 30)),
  'segment-block-missing': lies('req_prod', 'req_prod', ({ random }) => -1 - random.below(2)),
  'header-padding': gapsWhere(({ at }, { source }) => at < source.geometry.slotsAt),
  'tail-not-zero': gapsWhere(({ at }, { source }) => at >= source.geometry.tailAt),
  'request-padding': gapsWhere(({ path }) => path.includes('.req')),
  'response-leak': gapsWhere(({ path }) => path.includes('.rsp')),
  'unused-slot-not-zero': byteIn(unusedSlots),
  'indirect-page-padding': byteIn(({ source }) => source.pagePadding),
  'response-error': inResponse('status', () => BLKIF_RSP_ERROR),
  'response-unsupported': inResponse('status', () => BLKIF_RSP_EOPNOTSUPP),
  'response-status-unknown': inResponse(
    'status',
    ({ random }) => (random.below(2) === 0 ? 1 : BLKIF_RSP_EOPNOTSUPP - 0x7000) + random.below(0x7000),
  ),
  'response-operation-indirect': inResponse('operation', () => BLKIF_OP_INDIRECT),
  'response-id-foreign': inResponse('id', ({ draft, random }) => BigInt(draft.source.geometry.nr_ents + random.below(2 ** 31))),
  'write-to-read-only': onReadOnlyDisk(BLKIF_OP_WRITE),
  'discard-on-read-only': onReadOnlyDisk(BLKIF_OP_DISCARD),
  'sector-unit': inDisksOwnSectors,
}
