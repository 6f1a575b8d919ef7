// The four indices: around 2^32, around nr_ents, against each other.
import { INDEX_NAMES, type IndexName } from '../../codec/ring/missing.ts'
import { advance, distance } from '../../codec/ring/ring-idx.ts'
import type { Draft } from '../draft.ts'
import type { Operator } from './operator.ts'
import { pickOne } from './pick.ts'

export function index(draft: Draft, name: IndexName): number {
  return draft.get(draft.source.indices.get(name)!) as number
}

export function setIndex(draft: Draft, name: IndexName, value: number): boolean {
  return draft.set(draft.source.indices.get(name)!, value)
}

export const INDEX_OPERATORS: readonly Operator[] = [
  {
    name: 'lap',
    about: 'all four indices move by whole laps: every slot holds what it held, and 2^32 is near',
    weight: 1,
    mayBeLegal: true,
    apply(draft, random) {
      const { nr_ents } = draft.source.geometry
      const producer = index(draft, 'req_prod')
      // The last lap before 2^32, the one that crosses it, or any.
      const target = pickOne([-nr_ents, -1, 0, nr_ents, random.next()], random)!
      const laps = Math.floor(distance(producer, advance(target, 0)) / nr_ents)
      if (laps === 0) return false
      for (const name of INDEX_NAMES) setIndex(draft, name, advance(index(draft, name), laps * nr_ents))
      return true
    },
  },
  {
    name: 'window',
    about: 'so many requests are outstanding as cannot be, or just can: 0, 1, one fewer than slots, as many, one more',
    weight: 2,
    mayBeLegal: true,
    apply(draft, random) {
      const { nr_ents } = draft.source.geometry
      const outstanding = pickOne([0, 1, nr_ents - 1, nr_ents, nr_ents + 1, 2 ** 31, -1], random)!
      return random.below(2) === 0
        ? setIndex(draft, 'rsp_prod', advance(index(draft, 'req_prod'), -outstanding))
        : setIndex(draft, 'req_prod', advance(index(draft, 'rsp_prod'), outstanding))
    },
  },
  {
    name: 'producer',
    about: 'a producer moves by a few: responses become requests, requests are not there yet, or slots that hold nothing count',
    weight: 2,
    mayBeLegal: true,
    apply(draft, random) {
      const name = pickOne(['req_prod', 'rsp_prod'] as const, random)!
      return setIndex(draft, name, advance(index(draft, name), pickOne([-2, -1, 1, 2], random)!))
    },
  },
  {
    name: 'event',
    about: 'an event index comes to lie behind, at or beyond its producer',
    weight: 2,
    mayBeLegal: true,
    apply(draft, random) {
      const [event, producer] = pickOne(
        [
          ['req_event', 'req_prod'],
          ['rsp_event', 'rsp_prod'],
        ] as const,
        random,
      )!
      const { nr_ents } = draft.source.geometry
      return setIndex(
        draft,
        event,
        advance(index(draft, producer), pickOne([-nr_ents, -1, 0, 1, 2, nr_ents, nr_ents + 2], random)!),
      )
    },
  },
]
