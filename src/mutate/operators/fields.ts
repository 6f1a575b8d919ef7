// Single fields: their limits, values of others, the place where the other ABI has them.
import { ABIS, sameLayout } from '../../codec/struct/abi.ts'
import { fieldOf, layoutOf } from '../../codec/struct/layout.ts'
import { viewOf } from '../../codec/struct/scalar.ts'
import { SCALARS } from '../../codec/struct/scalar-coders.ts'
import { REQUEST_STRUCTS } from '../../codec/xen/operations.ts'
import type { Random } from '../../scenario/file/index.ts'
import type { Draft } from '../draft.ts'
import { limitsOf } from '../limits.ts'
import type { FieldPlace } from '../source.ts'
import type { Operator } from './operator.ts'
import { fieldIn, pickOne, placeIn } from './pick.ts'

const OPERATION_LIMIT = 9

/** Of all names alike: most fields are of segments. */
function anyField({ source }: Draft, random: Random): FieldPlace | undefined {
  return pickOne(pickOne([...source.fields.values()], random) ?? [], random)
}

export const FIELD_OPERATORS: readonly Operator[] = [
  {
    name: 'limit',
    about: "a field becomes one of its limits: 0, 1, the largest, those around the sign, the protocol's last and one more",
    weight: 6,
    mayBeLegal: true,
    apply(draft, random) {
      const place = anyField(draft, random)
      const value = place && pickOne(limitsOf(place.name, place.scalar), random)
      return value !== undefined && draft.set(place!, value)
    },
  },
  {
    name: 'near',
    about: 'a field becomes one more or one less',
    weight: 3,
    mayBeLegal: true,
    apply(draft, random) {
      const place = anyField(draft, random)
      if (!place) return false
      const step = random.below(2) === 0 ? 1 : -1
      const { min, max } = SCALARS[place.scalar]
      const before = draft.get(place)
      const after = typeof before === 'bigint' ? before + BigInt(step) : before + step
      return after >= min && after <= max && draft.set(place, after)
    },
  },
  {
    name: 'value-of-another',
    about: 'a field takes the value that the same field has in another slot',
    weight: 3,
    mayBeLegal: true,
    apply(draft, random) {
      const { requests, responses } = draft.source
      const slots = random.below(3) === 0 ? responses : requests
      const [to, from] = [pickOne<(typeof slots)[number]>(slots, random), pickOne<(typeof slots)[number]>(slots, random)]
      const name = to && pickOne([...to.places.keys()], random)
      if (!to || !from || name === undefined) return false
      const [there, here] = [placeIn(to, name, random), placeIn(from, name, random)]
      return there !== undefined && here !== undefined && draft.set(there, draft.get(here))
    },
  },
  {
    name: 'operation',
    about: 'a request becomes another operation, its bytes otherwise as they are; a response the same',
    weight: 2,
    mayBeLegal: true,
    apply(draft, random) {
      const slot = pickOne([...draft.source.requests, ...draft.source.responses], random)
      const place = slot && pickOne([...(slot.places.get('operation') ?? []), ...(slot.places.get('indirect_op') ?? [])], random)
      return place !== undefined && draft.set(place, random.below(OPERATION_LIMIT))
    },
  },
  {
    name: 'other-abi',
    about: "a field is written where the other ABI has it, and not where this ring's has it",
    weight: 1,
    apply(draft, random) {
      const { geometry, requests } = draft.source
      const other = ABIS.find((abi) => !sameLayout(abi, geometry.abi))!
      const held = pickOne(requests, random)
      if (!held) return false
      const struct = REQUEST_STRUCTS[held.slot.request.kind]
      const own = layoutOf(struct, geometry.abi).fields.filter(
        ({ type, reserved, name, offset }) =>
          type.kind === 'scalar' && !reserved && fieldOf(layoutOf(struct, other), name).offset !== offset,
      )
      const field = pickOne(own, random)
      const place = field && fieldIn(held, field.name)
      if (!place) return false
      const at = held.at + fieldOf(layoutOf(struct, other), place.name).offset
      const value = draft.get(place)
      draft.set(place, 0)
      draft.set({ ...place, path: `${place.path} at the offset of ${other.name}`, at }, value)
      return draft.changes.length > 0
    },
  },
  {
    name: 'sector',
    about: 'a request goes elsewhere on the disk: close to another one, or to a place of its own',
    weight: 2,
    mayBeLegal: true,
    apply(draft, random) {
      const [held, other] = [pickOne(draft.source.requests, random), pickOne(draft.source.requests, random)]
      const [place, near] = [held && fieldIn(held, 'sector_number'), other && fieldIn(other, 'sector_number')]
      if (!place || !near) return false
      const sector = (draft.get(near) as bigint) + BigInt(8 * random.below(64))
      return sector < 2n ** 64n && draft.set(place, sector)
    },
  },
  {
    name: 'padding',
    about: 'a byte of padding becomes something else',
    weight: 1,
    apply(draft, random) {
      const gap = pickOne(draft.source.padding, random)
      return gap !== undefined && draft.setByte(gap.path, gap.at + random.below(gap.size), 1 + random.below(0xff))
    },
  },
  {
    name: 'bit',
    about: 'a bit of any byte turns',
    weight: 1,
    apply(draft, random) {
      const at = random.below(draft.bytes.length)
      return draft.setByte('byte', at, viewOf(draft.bytes).getUint8(at) ^ (1 << random.below(8)))
    },
  },
]
