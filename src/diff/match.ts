// Which slot of one side is held against which of the other.
import type { Slot } from '../codec/ring/ring.ts'
import type { MatchBy, PlacedSlot } from './model.ts'

export interface Matching<T> {
  readonly pairs: readonly (readonly [T, T])[]
  readonly onlyA: readonly T[]
  readonly onlyB: readonly T[]
}

/** Items of one key match in the order in which they come. */
export function matchByKey<T>(a: readonly T[], b: readonly T[], keyOf: (item: T) => unknown): Matching<T> {
  const waiting = new Map<unknown, T[]>()
  for (const item of b) {
    const key = keyOf(item)
    const group = waiting.get(key)
    if (group) group.push(item)
    else waiting.set(key, [item])
  }
  for (const group of waiting.values()) group.reverse()
  const pairs: [T, T][] = []
  const onlyA: T[] = []
  for (const item of a) {
    const other = waiting.get(keyOf(item))?.pop()
    if (other === undefined) onlyA.push(item)
    else pairs.push([item, other])
  }
  const matched = new Set(pairs.map(([, other]) => other))
  return { pairs, onlyA, onlyB: b.filter((item) => !matched.has(item)) }
}

/**
 * Slots of two rings, each in index order. By slot or index, a request may match a response: its answer has come, or
 * another's. Else requests match requests and responses responses; these, having no sector, by order for `sector`. Where
 * order counts, the newest responses match, since a larger ring keeps more of them.
 */
export function matchSlots(a: readonly PlacedSlot[], b: readonly PlacedSlot[], by: MatchBy): Matching<PlacedSlot> {
  const places = new Map([...placesInOrder(a), ...placesInOrder(b)])
  const key = (item: PlacedSlot) => keyOf(item.slot, by, places.get(item)!)
  if (by === 'slot' || by === 'index' || ![...a, ...b].some(({ slot }) => slot.state === 'unknown')) return matchByKey(a, b, key)
  // Of several with one id or sector, some may be those that are not there: those in one place belong together.
  const inPlace = matchByKey(a, b, (item) => `${key(item)} ${item.slot.index}`)
  const others = matchByKey(inPlace.onlyA, inPlace.onlyB, key)
  return { ...others, pairs: [...inPlace.pairs, ...others.pairs] }
}

function placesInOrder(items: readonly PlacedSlot[]): (readonly [PlacedSlot, number])[] {
  // One that is not there has its place among those that it would be of.
  const isRequest = ({ slot }: PlacedSlot) => slot.state === 'request' || (slot.state === 'unknown' && slot.holds === 'request')
  const requests = items.filter(isRequest)
  const others = items.filter((item) => !isRequest(item))
  return [...requests.map((item, i) => [item, i] as const), ...others.map((item, i) => [item, others.length - i] as const)]
}

function keyOf(slot: Slot, by: MatchBy, place: number): unknown {
  if (by === 'slot') return slot.slot
  if (by === 'index') return slot.index
  const order = `${slot.state} ${place}`
  switch (slot.state) {
    case 'request':
      if (by === 'id') return `request ${slot.request.id}`
      return by === 'sector' ? `request ${slot.request.sector_number}` : order
    case 'response':
      return by === 'id' ? `response ${slot.response.id}` : order
    case 'cleared':
    case 'unknown':
    case 'continuation':
    case 'unused':
      return order
  }
}

/** The items of a matching in the order of side A; what only B has stands behind what it follows there. */
export function alignedPairs<T>(
  a: readonly T[],
  b: readonly T[],
  { pairs, onlyA, onlyB }: Matching<T>,
): (readonly [T | undefined, T | undefined])[] {
  const placeInA = new Map(a.map((item, i) => [item, i]))
  const partner = new Map(pairs.map(([left, right]) => [right, left]))
  const lonely = new Set(onlyB)
  let place = -1
  const entries: { readonly place: number; readonly entry: readonly [T | undefined, T | undefined] }[] = [
    ...pairs.map((pair) => ({ place: placeInA.get(pair[0])!, entry: pair })),
    ...onlyA.map((item) => ({ place: placeInA.get(item)!, entry: [item, undefined] as const })),
  ]
  for (const item of b) {
    const left = partner.get(item)
    if (left !== undefined) place = placeInA.get(left)!
    else if (lonely.has(item)) entries.push({ place: place + 0.5, entry: [undefined, item] })
  }
  return entries.sort((x, y) => x.place - y.place).map(({ entry }) => entry)
}
