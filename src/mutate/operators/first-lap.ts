// A ring as it would be had it been set up for what is outstanding: the ids of its requests are all that it ever had.
import { slotOffset } from '../../codec/ring/geometry.ts'
import type { Random } from '../../scenario/file/index.ts'
import type { Draft } from '../draft.ts'
import type { FieldPlace, MutableRing } from '../source.ts'
import { pickOne } from './pick.ts'

type Requests = MutableRing['requests']

/** Where a field of a request lies now that its slot is another. */
export type MovedPlace = (request: number, name: string, element?: number) => FieldPlace

/**
 * The requests move to the first slots, in order, and nothing else is on the ring.
 * @returns places of the fields of a name, the first without an element, of the n-th of them; undefined where requests take several slots, or all
 */
export function toFirstLap(draft: Draft, requests: Requests = draft.source.requests): MovedPlace | undefined {
  const { geometry, capture, indices } = draft.source
  const isLong = requests.some(({ slot: { request } }) => request.kind === 'rw' && request.continuedIn !== undefined)
  if (requests.length === 0 || requests.length >= geometry.nr_ents || isLong) return undefined
  draft.bytes.fill(0, geometry.slotsAt)
  for (const [i, { at }] of requests.entries())
    draft.bytes.set(capture.bytes.subarray(at, at + geometry.stride), slotOffset(geometry, i))
  draft.say('ring', 'its slots', `its ${requests.length} requests in the first`)
  const values = { req_prod: requests.length, req_event: requests.length + 1, rsp_prod: 0, rsp_event: 1 }
  for (const [name, value] of Object.entries(values)) draft.set(indices.get(name)!, value)
  return (request, name, element = 0) => {
    const { at, slot, places } = requests[request]!
    const place = places.get(name)![element]!
    const path = place.path.replace(`ring[${slot.slot}]`, `ring[${request}]`)
    return { ...place, path, at: place.at - at + slotOffset(geometry, request) }
  }
}

/** Some of the requests, in order, two or more. */
export function someOf(requests: Requests, random: Random): Requests {
  const most = requests.length - 2
  if (most <= 0) return requests
  const left = new Set(requests)
  for (let n = random.below(most + 1); n > 0; n--) left.delete(pickOne(requests, random)!)
  return [...left]
}
