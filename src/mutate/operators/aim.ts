// What the rows that are aimed at a rule are made of: a field of one kind of slot that takes a value, a byte that nobody should have written.
import type { Request } from '../../codec/ring/request.ts'
import type { Random } from '../../scenario/file/index.ts'
import type { Draft } from '../draft.ts'
import type { FieldPlace, Gap } from '../source.ts'
import type { Operator } from './operator.ts'
import { pickOne, placeIn } from './pick.ts'

export type Apply = Operator['apply']

/** What a field becomes; undefined where this one cannot be what is wanted. */
type ValueOf<S> = (given: {
  readonly draft: Draft
  readonly random: Random
  readonly place: FieldPlace
  readonly of: S
}) => number | bigint | undefined

type Kind = Request['kind']

/** A field of a request of these kinds takes a value. */
export function inRequest(name: string, value: ValueOf<Request>, kinds: readonly Kind[] = ['rw', 'indirect', 'discard']): Apply {
  return (draft, random) => {
    const { requests } = draft.source
    const having = kinds.length === 3 ? requests : requests.filter(({ slot }) => kinds.includes(slot.request.kind))
    const held = pickOne(having, random)
    const place = placeIn(held, name, random)
    const after = held && place && value({ draft, random, place, of: held.slot.request })
    return after !== undefined && draft.set(place!, after)
  }
}

/** A field of a response takes a value. */
export function inResponse(name: string, value: ValueOf<undefined>): Apply {
  return (draft, random) => {
    const place = placeIn(pickOne(draft.source.responses, random), name, random)
    const after = place && value({ draft, random, place, of: undefined })
    return after !== undefined && draft.set(place!, after)
  }
}

/** A field of that name, of requests or of indirect pages, takes a value. */
export function anywhere(name: string, value: ValueOf<undefined>): Apply {
  return (draft, random) => {
    const place = pickOne(draft.source.fields.get(name) ?? [], random)
    const after = place && value({ draft, random, place, of: undefined })
    return after !== undefined && draft.set(place!, after)
  }
}

/** A byte of such gaps becomes something else than it was, and not 0. */
export function byteIn(gapsOf: (draft: Draft) => readonly Gap[]): Apply {
  return (draft, random) => {
    const gap = pickOne(gapsOf(draft), random)
    return gap !== undefined && draft.setByte(gap.path, gap.at + random.below(gap.size), 1 + random.below(0xff), gap.page)
  }
}

/** The slot and the request that a path names: those of two fields of one request are equal. */
export const ownerOf = ({ path }: FieldPlace): string => path.slice(0, path.indexOf('.'))

/** A field takes what the same field has in another request. */
export function fromAnother(name: string): Apply {
  return anywhere(name, ({ draft, random, place }) => {
    const other = pickOne(draft.source.fields.get(name)!, random)!
    return ownerOf(other) === ownerOf(place) ? undefined : draft.get(other)
  })
}
