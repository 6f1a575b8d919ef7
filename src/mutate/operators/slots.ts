// Slots: their segments, references, and what holds what.
import { encodeOver } from '../../codec/struct/encode.ts'
import { blkifResponse } from '../../codec/xen/blkif.ts'
import type { Draft } from '../draft.ts'
import type { Operator } from './operator.ts'
import { fieldIn, pickOne, placeIn } from './pick.ts'

export const SLOT_OPERATORS: readonly Operator[] = [
  {
    name: 'count',
    about: 'a request counts one segment more or fewer than it has, or none',
    weight: 2,
    mayBeLegal: true,
    apply(draft, random) {
      const held = pickOne(draft.source.requests, random)
      const place = held && fieldIn(held, 'nr_segments')
      if (!place) return false
      const count = draft.get(place) as number
      return draft.set(place, pickOne([count + 1, Math.max(0, count - 1), 0], random)!)
    },
  },
  {
    name: 'gref-repeated',
    about: 'a segment names the page of another, of the same request or of one beside it',
    weight: 2,
    apply(draft, random) {
      const held = pickOne(draft.source.requests, random)
      const other = random.below(2) === 0 ? held : pickOne(draft.source.requests, random)
      const [to, from] = [placeIn(held, 'gref', random), placeIn(other, 'gref', random)]
      return to !== undefined && from !== undefined && draft.set(to, draft.get(from))
    },
  },
  {
    name: 'grefs-swapped',
    about: "two segments have each other's pages",
    weight: 1,
    mayBeLegal: true,
    apply(draft, random) {
      const grefs = draft.source.fields.get('gref') ?? []
      const [a, b] = [pickOne(grefs, random), pickOne(grefs, random)]
      if (!a || !b) return false
      const [before, behind] = [draft.get(a), draft.get(b)]
      return before !== behind && draft.set(a, behind) && draft.set(b, before)
    },
  },
  {
    name: 'gref-fresh',
    about: 'a segment names a page that no other names',
    weight: 1,
    mayBeLegal: true,
    apply(draft, random) {
      const place = placeIn(pickOne(draft.source.requests, random), 'gref', random)
      return place !== undefined && draft.set(place, draft.source.freeGref + random.below(1000))
    },
  },
  {
    name: 'gref-reserved',
    about: "a reference is 0 or 1, which are the toolstack's",
    weight: 1,
    apply(draft, random) {
      const held = pickOne(draft.source.requests, random)
      const place = placeIn(held, 'gref', random) ?? placeIn(held, 'indirect_grefs', random)
      return place !== undefined && draft.set(place, random.below(2))
    },
  },
  {
    name: 'sectors-crossed',
    about: 'first_sect and last_sect of a segment change places',
    weight: 1,
    apply(draft, random) {
      const held = pickOne(draft.source.requests, random)
      const firsts = held?.places.get('first_sect') ?? []
      const i = random.below(Math.max(1, firsts.length))
      const [first, last] = [firsts[i], held?.places.get('last_sect')?.[i]]
      if (!first || !last) return false
      const [a, b] = [draft.get(first), draft.get(last)]
      return a !== b && draft.set(first, b) && draft.set(last, a)
    },
  },
  {
    name: 'id-fresh',
    about: 'a request has an id that no other has',
    weight: 1,
    mayBeLegal: true,
    apply(draft, random) {
      const held = pickOne(draft.source.requests, random)
      const place = held && fieldIn(held, 'id')
      return (
        place !== undefined && draft.set(place, pickOne([BigInt(random.below(64)), 2n ** 32n, 0xffff_8880_0000_1000n], random)!)
      )
    },
  },
  {
    name: 'slot-copied',
    about: 'a slot holds what another holds',
    weight: 1,
    apply(draft, random) {
      const { requests, responses, geometry } = draft.source
      const slots = [...requests, ...responses]
      const [to, from] = [pickOne(slots, random), pickOne(slots, random)]
      if (!to || !from || to === from) return false
      draft.bytes.copyWithin(to.at, from.at, from.at + geometry.stride)
      draft.say(`ring[${to.slot.slot}]`, 'its bytes', `those of ring[${from.slot.slot}]`)
      return true
    },
  },
  {
    name: 'slots-swapped',
    about: 'two requests change places',
    weight: 1,
    mayBeLegal: true,
    apply(draft, random) {
      const { requests, geometry } = draft.source
      const [a, b] = [pickOne(requests, random), pickOne(requests, random)]
      if (!a || !b || a === b) return false
      const bytes = draft.bytes.slice(a.at, a.at + geometry.stride)
      draft.bytes.copyWithin(a.at, b.at, b.at + geometry.stride)
      draft.bytes.set(bytes, b.at)
      draft.say(`ring[${a.slot.slot}]`, 'its bytes', `those of ring[${b.slot.slot}], which has its own`)
      return true
    },
  },
  {
    name: 'slot-torn',
    about: 'a request that is outstanding has a response over it, as a dump under a running backend shows it',
    weight: 1,
    apply(draft, random) {
      const held = pickOne(draft.source.requests, random)
      if (!held) return false
      return answer(draft, held.at, held.slot.slot, held.slot.request)
    },
  },
  {
    name: 'status',
    about: 'a response has another status: one of blkif.h, or none',
    weight: 1,
    mayBeLegal: true,
    apply(draft, random) {
      const held = pickOne(draft.source.responses, random)
      const place = held && fieldIn(held, 'status')
      return place !== undefined && draft.set(place, pickOne([0, -1, -2, -3, 1, -0x8000], random)!)
    },
  },
]

function answer(
  draft: Draft,
  at: number,
  slot: number,
  { id, operation }: { readonly id: bigint; readonly operation: number },
): boolean {
  encodeOver(blkifResponse, draft.source.geometry.abi, { id, operation, status: 0 }, draft.bytes, at)
  draft.say(`ring[${slot}]`, 'a request', `the response to id ${id} over it`)
  return true
}
