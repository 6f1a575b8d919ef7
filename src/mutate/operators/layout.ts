// The ring as a whole: its pages in another order, its slots as another ABI lays them out, one more request.
import { ringGeometry, slotOffset } from '../../codec/ring/geometry.ts'
import { advance } from '../../codec/ring/ring-idx.ts'
import { ABIS, sameLayout } from '../../codec/struct/abi.ts'
import { decode } from '../../codec/struct/decode.ts'
import { encodeOver } from '../../codec/struct/encode.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST, blkifRequest, blkifResponse, SEGS_PER_INDIRECT_PAGE } from '../../codec/xen/blkif.ts'
import { REQUEST_STRUCTS } from '../../codec/xen/operations.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import { fillSegments } from './fill-segments.ts'
import type { Operator } from './operator.ts'
import { fieldIn, pickOne } from './pick.ts'

/** Sectors between the requests that are added: none overlaps another. */
const APART = 4096n

export const LAYOUT_OPERATORS: readonly Operator[] = [
  {
    name: 'request-added',
    about: 'one more request: another one, with an id, sectors and pages of its own',
    weight: 1,
    mayBeLegal: true,
    apply(draft, random) {
      const { requests, indices, geometry, freeGref } = draft.source
      const like = pickOne(
        requests.filter(({ slot }) => slot.request.kind === 'rw' && slot.request.segments.length <= BLKIF_MAX_SEGMENTS_PER_REQUEST),
        random,
      )
      if (!like) return false
      const producer = draft.get(indices.get('req_prod')!) as number
      const at = slotOffset(geometry, producer & (geometry.nr_ents - 1))
      draft.bytes.copyWithin(at, like.at, like.at + geometry.stride)
      const value = decode(blkifRequest, geometry.abi, draft.bytes.subarray(at, at + geometry.stride))
      const seg = value.seg.map((segment, i) => (i < value.nr_segments ? { ...segment, gref: freeGref + 2000 + i } : segment))
      const id = BigInt(geometry.nr_ents - 1)
      encodeOver(
        blkifRequest,
        geometry.abi,
        { ...value, seg, id, sector_number: BigInt.asUintN(64, value.sector_number + APART) },
        draft.bytes,
        at,
      )
      draft.say(`ring[${producer & (geometry.nr_ents - 1)}]`, 'its bytes', `a request like ring[${like.slot.slot}]`)
      return draft.set(indices.get('req_prod')!, advance(producer, 1))
    },
  },
  {
    name: 'segments-filled',
    about:
      'a request has more segments than before, of whole pages of its own: one more, as many as fit, or as many as a backend offers and one more',
    weight: 1,
    mayBeLegal: true,
    apply(draft, random) {
      const held = pickOne(draft.source.requests, random)
      const count = held && fieldIn(held, 'nr_segments')
      if (!held || !count) return false
      const most = held.slot.request.kind === 'indirect' ? SEGS_PER_INDIRECT_PAGE : BLKIF_MAX_SEGMENTS_PER_REQUEST
      const wanted = Math.min(most, pickOne([(draft.get(count) as number) + 1, most, 32, 33, 256, 257], random)!)
      return fillSegments(draft, held, wanted)
    },
  },
  {
    name: 'pages-swapped',
    about: 'two pages of a ring of several change places',
    weight: 1,
    apply(draft, random) {
      const { pages } = draft.source.geometry
      const [a, b] = [random.below(pages), random.below(pages)]
      if (a === b) return false
      const page = (n: number) => draft.bytes.slice(n * XEN_PAGE_SIZE, (n + 1) * XEN_PAGE_SIZE)
      const [first, second] = [page(a), page(b)]
      draft.bytes.set(first, b * XEN_PAGE_SIZE)
      draft.bytes.set(second, a * XEN_PAGE_SIZE)
      draft.say(`page ${a}`, 'its bytes', `those of page ${b}, which has its own`)
      return true
    },
  },
  {
    name: 'all-of-other-abi',
    about: 'every slot lies where the other ABI has it, laid out as that has it',
    weight: 1,
    apply(draft) {
      const { geometry, requests, responses, capture } = draft.source
      const other = ABIS.find((abi) => !sameLayout(abi, geometry.abi))!
      const there = ringGeometry(other, geometry.pages)
      const own = (at: number) => capture.bytes.subarray(at, at + geometry.stride)
      if (there.nr_ents !== geometry.nr_ents) return false
      draft.bytes.fill(0, geometry.slotsAt)
      for (const { at, slot } of requests) {
        const struct = REQUEST_STRUCTS[slot.request.kind]
        encodeOver(struct, other, decode(struct, geometry.abi, own(at)) as never, draft.bytes, slotOffset(there, slot.slot))
      }
      for (const { at, slot } of responses)
        encodeOver(blkifResponse, other, decode(blkifResponse, geometry.abi, own(at)), draft.bytes, slotOffset(there, slot.slot))
      draft.say('ring', geometry.abi.name, other.name)
      return requests.length + responses.length > 0
    },
  },
]
