// Marks of drivers on the ring itself (fingerprint.ts). Each driver's own source says how it makes ids, events and requests.

import { slotOffset } from '../codec/ring/geometry.ts'
import { xTagOf } from '../codec/ring/id-text.ts'
import type { Slot } from '../codec/ring/ring.ts'
import { isFirstLap } from '../codec/ring/ring-idx.ts'
import { count } from '../codec/struct/count.ts'
import { decode } from '../codec/struct/decode.ts'
import { BLKIF_OP_FLUSH_DISKCACHE, blkifRequest, NO_SECTOR } from '../codec/xen/blkif.ts'
import type { Mark, Traces } from './mark.ts'

/** Fewer ids than this tell little. */
const MIN_IDS = 3
/** Addresses of the kernel's half, in x86-64 and in 64-bit Arm. */
const UPPER_HALF = 2n ** 63n

export function* idMarks(traces: Traces): Generator<Mark> {
  const { ring, requests, responses } = traces
  const { nr_ents } = ring.geometry
  const numbered = numberedSlots(traces).length
  const zeroed = ring.slots.filter(({ state }) => state === 'cleared').length - numbered
  if (numbered >= MIN_IDS)
    yield {
      seen: `${numbered} answered slots are all 0 but for an id that is the slot`,
      points: { openbsd: 6, linux: -4, grub: -4 },
    }
  else if (zeroed >= MIN_IDS)
    yield { seen: `${zeroed} answered slots are all 0`, points: { pointers: 2, linux: -4, freebsd: -2, mirage: -2, openbsd: -2 } }
  const ids = [...requests.map((s) => s.request.id), ...responses.map((s) => s.response.id)]
  if (ids.length === 0) return
  const small = ids.filter((id) => id < BigInt(nr_ents))
  if (ids.length >= MIN_IDS && ids.every((id) => id === 0n)) {
    // So are Linux's, as long as it has one request at a time.
    yield { seen: `every id of ${ids.length} is 0`, points: { grub: 3, linux: 1, freebsd: -2, mirage: -4 } }
    return
  }
  const tagged = ids.filter((id) => xTagOf(id) !== undefined).length
  if (tagged > 0) {
    yield {
      seen: `${tagged === ids.length ? `every id of ${tagged}` : `${count(tagged, 'id')} of ${ids.length}`} is the letters XTag and a counter (0x67615458nnnnnnnn)`,
      points: { 'windows-2014': 6, pointers: -4, linux: -4, grub: -4, freebsd: -4, mirage: -4, openbsd: -4 },
    }
    return
  }
  const pointers = ids.filter((id) => id >= 0x1000n && id % 4n === 0n)
  if (pointers.length === ids.length) {
    const upper = pointers.filter((id) => id >= UPPER_HALF).length
    const where = upper === pointers.length ? ', in the upper half as kernels are' : upper === 0 ? ', in the lower half' : ''
    yield {
      seen: `every id of ${ids.length} is like a pointer${where}`,
      points: { pointers: 4, linux: -4, freebsd: -4, mirage: -4, openbsd: -4 },
    }
    return
  }
  if (small.length < ids.length) {
    yield {
      seen: `${count(ids.length - small.length, 'id')} of ${ids.length} ${ids.length - small.length === 1 ? 'is' : 'are'} not below ${nr_ents}`,
      points: { linux: -2, openbsd: -2, mirage: -2 },
    }
    return
  }
  const points = ids.length < MIN_IDS ? { linux: 1 } : { linux: 2, freebsd: 1 }
  if (ids.length > 1) yield { seen: `every id of ${ids.length} is below ${nr_ents}`, points }
  yield* orderMarks(traces)
}

/** How ids of a free list, or of slots, come one after another. */
function* orderMarks({ ring, requests }: Traces): Generator<Mark> {
  const { evidence, sring, geometry } = ring
  if (evidence === 'histories' || evidence === 'fits-in-order')
    yield { seen: 'ids come back last in, first out', points: { linux: 3 } }
  if (requests.length < MIN_IDS) return
  const own = requests.filter((s) => s.request.id === BigInt(s.slot)).length
  if (own < requests.length) yield { seen: 'ids in flight are not their slots', points: { openbsd: -3, mirage: -3 } }
  else if (!isFirstLap(sring, geometry.nr_ents))
    yield { seen: `every id of ${requests.length} in flight is its slot`, points: { openbsd: 3, mirage: 3, linux: -2 } }
}

/** Slots that their frontend zeroed once it had taken the response, and gave the id of their slot back (OpenBSD's xbf_complete_cmd). */
function numberedSlots({ ring, bytes }: Traces): readonly Slot[] {
  return ring.slots.filter(({ state, slot }) => {
    if (state !== 'cleared' || slot === 0) return false
    return decode(blkifRequest, ring.geometry.abi, bytes, slotOffset(ring.geometry, slot)).id === BigInt(slot)
  })
}

export function* requestMarks({ requests, responses }: Traces): Generator<Mark> {
  const emptyFlushes = requests.filter(({ request: r }) => {
    return r.kind === 'rw' && r.operation === BLKIF_OP_FLUSH_DISKCACHE && r.nr_segments === 0
  })
  const noSector =
    emptyFlushes.some(({ request }) => request.sector_number === NO_SECTOR) ||
    responses.some(({ beneath }) => beneath.sector_number === NO_SECTOR)
  if (noSector) yield { seen: 'an empty flush has sector 2^64 - 1', points: { linux: 3, pointers: -2, grub: -4 } }
  if (emptyFlushes.some(({ request }) => request.sector_number === 0n))
    yield { seen: 'an empty flush has sector 0', points: { pointers: 2, linux: -1 } }
  const indirect = requests.filter(({ request }) => request.kind === 'indirect').length
  if (indirect > 0)
    yield {
      seen: count(indirect, 'indirect request'),
      points: { linux: 1, pointers: 1, grub: -4, openbsd: -2, mirage: -1 },
    }
  yield* singleGref({ requests, responses })
}

/** One page for all transfers, granted once. */
function* singleGref({ requests, responses }: Pick<Traces, 'requests' | 'responses'>): Generator<Mark> {
  const counts = requests.map(({ request: r }) => ('nr_segments' in r ? r.nr_segments : 0))
  const grefs = new Set([
    ...requests.flatMap(({ request: r }) => ('segments' in r ? (r.segments ?? []) : []).map((s) => s.gref)),
    ...responses.map(({ beneath }) => beneath.segments[0]!.gref),
  ])
  if (grefs.has(0) || counts.some((n) => n !== 1)) return
  const transfers = requests.length + responses.length
  const [only] = requests
  if (transfers === 1 && only?.request.id === 0n) yield { seen: 'its only request has id 0 and one segment', points: { grub: 1 } }
  if (transfers > 1 && grefs.size === 1)
    yield { seen: `the first segment of all ${transfers} requests has the same gref`, points: { grub: 2 } }
}

export function* eventMarks({ ring }: Traces): Generator<Mark> {
  const { req_prod, rsp_prod, rsp_event } = ring.sring
  // With two outstanding or more it is neither the usual event nor one that has been passed.
  if (ring.outstanding >= 2 && rsp_event === req_prod && rsp_event !== rsp_prod)
    yield { seen: 'rsp_event = req_prod: it wants one event when all is answered', points: { openbsd: 3, linux: -2 } }
}
