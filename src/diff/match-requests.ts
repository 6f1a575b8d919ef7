// Which requests of one side ask for what those of the other ask for.
import { type DiskRequest, joinPairs } from './disk-request.ts'
import { keysOfSeveral, signatures } from './equal-requests.ts'
import { matchByKey } from './match.ts'
import type { MatchBy } from './model.ts'

/** Requests that stand for one another: one and one; several where the same sectors were asked for in other parts; or one alone. */
export interface RequestGroup {
  readonly a: readonly DiskRequest[]
  readonly b: readonly DiskRequest[]
}

/**
 * Groups in the order of side A, what only B has behind.
 * @param gaps a side lacks requests: those that stand in one place on both sides match before others
 */
export function matchRequests(a: readonly DiskRequest[], b: readonly DiskRequest[], by: MatchBy, gaps: boolean): RequestGroup[] {
  const groups = by === 'sector' ? bySector(a, b) : byPlace(joinPairs(a), joinPairs(b), by, gaps)
  const placeOf = new Map([...a, ...b.map((request) => request)].map((request, i) => [request.slots[0], i]))
  const place = ({ a, b }: RequestGroup) => placeOf.get((a[0] ?? b[0])!.slots[0])!
  return groups.sort((x, y) => place(x) - place(y))
}

function byPlace(a: readonly DiskRequest[], b: readonly DiskRequest[], by: MatchBy, gaps: boolean): RequestGroup[] {
  const places = new Map([...a.map((r, i) => [r, i] as const), ...b.map((r, i) => [r, i] as const)])
  const keyOf = (request: DiskRequest) => {
    const { slot } = request.slots[0]!
    // What survives beneath a response stands for no request in flight.
    return `${slot.state} ${{ slot: slot.slot, index: slot.index, id: request.id, order: places.get(request), sector: '' }[by]}`
  }
  const same = ({ slots: [placed], id, sector }: DiskRequest) =>
    `${placed!.queue} ${placed!.slot.state} ${placed!.slot.index} ${id} ${sector}`
  return (gaps ? new Leftovers(a, b).take(same) : new Leftovers(a, b)).take(keyOf).all()
}

/** The surest first: the same request, then the same after joining halves, then what has one thing less in common. */
function bySector(a: readonly DiskRequest[], b: readonly DiskRequest[]): RequestGroup[] {
  const whole = ({ op, sector, sectors }: DiskRequest) => `${op} ${sector} ${sectors}`
  // Where several ask for the same, those that stand in one place on both sides belong together.
  const place = ({ slots, id }: DiskRequest) => `${slots[0]!.queue} ${slots[0]!.slot.state} ${slots[0]!.slot.index} ${id}`
  return new Leftovers(a, b)
    .take((request) => `${whole(request)} ${place(request)}`)
    .takeEqual(whole)
    .take(whole)
    .joinHalves()
    .take(whole)
    .takeOverlapping()
    .take(({ op, sector }) => `${op} ${sector}`)
    .take(({ sector, sectors }) => `${sector} ${sectors}`)
    .take(place)
    .take(({ op, sectors }) => `${op} ${sectors}`)
    .all()
}

/** Requests that no group has yet. */
class Leftovers {
  #a: readonly DiskRequest[]
  #b: readonly DiskRequest[]
  readonly #groups: RequestGroup[] = []
  readonly #all: { readonly a: readonly DiskRequest[]; readonly b: readonly DiskRequest[] }

  constructor(a: readonly DiskRequest[], b: readonly DiskRequest[]) {
    this.#a = a
    this.#b = b
    this.#all = { a, b }
  }

  take(keyOf: (request: DiskRequest) => unknown): this {
    if (this.#a.length === 0 || this.#b.length === 0) return this
    const { pairs, onlyA, onlyB } = matchByKey(this.#a, this.#b, keyOf)
    this.#groups.push(...pairs.map(([x, y]) => ({ a: [x], b: [y] })))
    this.#a = onlyA
    this.#b = onlyB
    return this
  }

  /** Of several that ask for the same, those whose data lies alike and that have the most names in common. */
  takeEqual(keyOf: (request: DiskRequest) => string): this {
    const several = new Set([...keysOfSeveral(this.#a, keyOf), ...keysOfSeveral(this.#b, keyOf)])
    if (several.size === 0) return this
    for (const name of signatures(this.#all.a, this.#all.b))
      this.take((request) => (several.has(keyOf(request)) ? `${keyOf(request)} ${name(request)}` : request))
    return this
  }

  joinHalves(): this {
    this.#a = joinPairs(this.#a)
    this.#b = joinPairs(this.#b)
    return this
  }

  /** Groups of one operation whose sectors overlap, directly or through others. */
  takeOverlapping(): this {
    const taken = new Set<DiskRequest>()
    for (const { a, b } of overlapGroups(this.#a, this.#b)) {
      if (a.length === 0 || b.length === 0) continue
      this.#groups.push({ a, b })
      for (const request of [...a, ...b]) taken.add(request)
    }
    this.#a = this.#a.filter((request) => !taken.has(request))
    this.#b = this.#b.filter((request) => !taken.has(request))
    return this
  }

  all(): RequestGroup[] {
    const alone = [...this.#a.map((r) => ({ a: [r], b: [] })), ...this.#b.map((r) => ({ a: [], b: [r] }))]
    return [...this.#groups, ...alone]
  }
}

interface Span {
  readonly side: 'a' | 'b'
  readonly request: DiskRequest
  readonly from: bigint
  readonly to: bigint
}

function overlapGroups(a: readonly DiskRequest[], b: readonly DiskRequest[]): RequestGroup[] {
  const byOp = new Map<string, Span[]>()
  for (const span of [...spansOf(a, 'a'), ...spansOf(b, 'b')]) {
    const spans = byOp.get(span.request.op)
    if (spans) spans.push(span)
    else byOp.set(span.request.op, [span])
  }
  return [...byOp.values()].flatMap(connected)
}

function spansOf(requests: readonly DiskRequest[], side: Span['side']): Span[] {
  return requests.flatMap((request) => {
    const { sector, sectors } = request
    return sector === undefined || sectors === 0n ? [] : [{ side, request, from: sector, to: sector + sectors }]
  })
}

function connected(spans: readonly Span[]): RequestGroup[] {
  const sorted = [...spans].sort((x, y) => (x.from < y.from ? -1 : x.from > y.from ? 1 : 0))
  const groups: { a: DiskRequest[]; b: DiskRequest[] }[] = []
  let end: bigint | undefined
  for (const { side, request, from, to } of sorted) {
    if (end === undefined || from >= end) groups.push({ a: [], b: [] })
    groups.at(-1)![side].push(request)
    end = end === undefined || to > end ? to : end
  }
  return groups
}
