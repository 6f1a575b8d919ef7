// What the frontend's own copies say of what waits: with them there is nothing left to guess.
import type { ShadowEntry } from '../capture/testimony.ts'
import type { RequestSlot, ResponseSlot } from '../codec/ring/ring.ts'
import { advance, distance, inWindow } from '../codec/ring/ring-idx.ts'
import { DEFAULT_SECTOR_UNIT } from '../codec/ring/sector-unit.ts'
import type { Bounds, IndexReading, Moment } from './moment.ts'
import type { WaitingRequest } from './waiting-requests.ts'

/** What a shadow says, held against the indices of its moment. */
export interface ShadowReading {
  /** Entries that wait for an answer that the frontend has not taken. */
  readonly inUse: readonly ShadowEntry[]
  /** Every entry of the shadow is there. */
  readonly isWhole: boolean
  /** The ids among them that are answered: their responses are published and not taken. Undefined where no page shows whose they are. */
  readonly answered: ReadonlySet<number> | undefined
  /** Requests that the frontend has sent, or written, and not taken an answer for, by its indices; undefined where one of them is not known. */
  readonly owed: number | undefined
}

/** Undefined where no shadow is known. */
export function readShadow(
  { shadow, sring, shown }: Moment,
  { known, unseen, outstanding }: IndexReading,
): ShadowReading | undefined {
  if (!shadow) return undefined
  const inUse = [...shadow.entries.values()].filter((entry) => entry.inUse && !entry.isAnswered).sort((a, b) => a.id - b.id)
  const { rsp_cons, req_prod_pvt = sring.req_prod } = known
  const owed = rsp_cons === undefined ? undefined : distance(rsp_cons, req_prod_pvt)
  return { inUse, isWhole: shadow.isWhole, answered: answered(), owed }

  function answered(): ReadonlySet<number> | undefined {
    if (unseen.atMost === 0) return new Set()
    // Where nothing is outstanding, all that the frontend waits for is answered.
    if (outstanding === 0 && inUse.length === unseen.atLeast) return new Set(inUse.map(({ id }) => id))
    const from = advance(sring.rsp_prod, -unseen.atMost)
    const responses = (shown?.ring.slots ?? []).filter(
      (slot): slot is ResponseSlot => slot.state === 'response' && inWindow(slot.index, from, sring.rsp_prod),
    )
    return unseen.atLeast === unseen.atMost && responses.length === unseen.atMost
      ? new Set(responses.map(({ response }) => Number(response.id)))
      : undefined
  }
}

/** Ids of the responses that the frontend has not taken, by the page or by its shadow; none where they are not known. */
export function answeredIds(moment: Moment, reading: IndexReading): bigint[] {
  const { unseen, state } = reading
  if (state.waiting === 'impossible' || unseen.atLeast === 0 || unseen.atLeast !== unseen.atMost) return []
  const from = advance(moment.sring.rsp_prod, -unseen.atMost)
  const shown = (moment.shown?.ring.slots ?? []).flatMap((slot) =>
    slot.state === 'response' && inWindow(slot.index, from, moment.sring.rsp_prod) ? [slot] : [],
  )
  if (shown.length === unseen.atMost)
    return shown.sort((a, b) => distance(from, a.index) - distance(from, b.index)).map(({ response }) => response.id)
  return [...(readShadow(moment, reading)?.answered ?? [])].map(BigInt)
}

/** How many requests the frontend has lost: it took their answers, and still waits. Undefined where that cannot be told. */
export function lostOf({ inUse, isWhole, owed }: ShadowReading): number | undefined {
  return isWhole && owed !== undefined ? Math.max(0, inUse.length - owed) : undefined
}

/**
 * The requests that wait, by the shadow where there is one.
 * @param onRing those that the moments of the ring show
 */
export function waitingByShadow(
  moment: Moment,
  reading: IndexReading,
  onRing: readonly (WaitingRequest & { index: number })[],
): WaitingRequest[] {
  const shadow = readShadow(moment, reading)
  const isTold = shadow !== undefined || reading.known.req_cons !== undefined || moment.pending !== undefined
  const told = (request: WaitingRequest) => (isTold ? { ...request, taken: takenOf(request, moment, reading) } : request)
  if (!shadow || !moment.shadow) return onRing.map(told)
  const { entries } = moment.shadow
  const byId = new Map(onRing.flatMap((w) => (w.id === undefined ? [] : [[w.id, w] as const])))
  // Where all of them are answered, nothing waits for the backend.
  const allAnswered = reading.outstanding === 0
  const waiting = shadow.inUse.flatMap((entry): WaitingRequest[] => {
    if (allAnswered || shadow.answered?.has(entry.id)) return []
    const mayBeAnswered = shadow.answered === undefined
    return [told(ofEntry(entry, moment, byId.get(BigInt(entry.id)), mayBeAnswered))]
  })
  // Of an id that the shadow does not show, the ring alone speaks.
  const others = onRing.filter(({ id }) => id === undefined || !entries.has(Number(id)))
  const rest = moment.shadow.isWhole ? [] : others.map(told)
  const place = ({ index }: WaitingRequest) =>
    index === undefined ? Number.POSITIVE_INFINITY : distance(moment.sring.rsp_prod, index)
  return [...waiting, ...rest].sort((a, b) => a.since - b.since || place(a) - place(b) || Number((a.id ?? 0n) - (b.id ?? 0n)))
}

function ofEntry(
  { id, request }: ShadowEntry,
  moment: Moment,
  seen: WaitingRequest | undefined,
  mayBeAnswered: boolean,
): WaitingRequest {
  const slot = seen ?? slotOfId(moment, BigInt(id))
  return {
    index: slot?.index,
    slot: slot?.slot,
    id: BigInt(id),
    request: seen?.request ?? slot?.request ?? request,
    sector_number: seen?.sector_number ?? request?.sector_number ?? slot?.request?.sector_number,
    sectorUnit: seen?.sectorUnit ?? moment.shown?.ring.sectorUnit ?? DEFAULT_SECTOR_UNIT,
    since: seen?.since ?? 0,
    sinceSource: seen?.sinceSource ?? moment.source,
    sureness: mayBeAnswered ? 'may' : 'certain',
  }
}

/** The request of an id in the window, where no judgement of the ring counts it as waiting. */
function slotOfId({ shown }: Moment, id: bigint): RequestSlot | undefined {
  return shown?.ring.slots.find((slot): slot is RequestSlot => slot.state === 'request' && slot.request.id === id)
}

function takenOf(
  { index, id }: WaitingRequest,
  { pending, sring }: Moment,
  { untaken, known, outstanding }: IndexReading,
): boolean | undefined {
  if (id !== undefined && pending?.has(id)) return true
  if (isNone(untaken)) return true
  if (untaken.atLeast === outstanding) return false
  return index === undefined || known.req_cons === undefined ? undefined : inWindow(index, sring.rsp_prod, known.req_cons)
}

function isNone({ atMost }: Bounds): boolean {
  return atMost === 0
}
