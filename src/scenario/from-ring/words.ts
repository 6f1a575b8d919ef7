// What a Linux driver does otherwise than a ring, in words.
import { count } from '../../codec/struct/count.ts'
import type { ExplainedRequest } from '../player/index.ts'
import type { CarriedAs, RingIo } from './ring-io.ts'
import type { RingTerms } from './terms.ts'

const CARRIED: Readonly<Record<CarriedAs, string>> = {
  direct: '',
  indirect: 'indirect ',
  'two-slots': 'two-slot ',
  'several-slots': 'many-slot ',
  discard: '',
}

/** What a driver does otherwise than the ring, of one request. */
export interface Otherwise {
  /** None where it is the ring's header. */
  readonly slots: readonly number[]
  /** What the ring has: `indirect write of 8 sectors at 16`. */
  readonly request: string
  readonly linux: string
}

/** A name that Linux has instead of the ring's own, or where the ring has none. */
export interface Renamed {
  readonly wanted: number | bigint | undefined
  readonly name: number
}

interface Fresh {
  readonly ids: readonly Renamed[]
  readonly grefs: readonly Renamed[]
}

/** Undefined where Linux does the same. */
export function wordsOn(
  io: RingIo,
  made: readonly ExplainedRequest[],
  fresh: Fresh,
  terms: Pick<RingTerms, 'handle' | 'flush' | 'secure_discard'>,
): Otherwise | undefined {
  const [first] = made
  if (!first) return undefined
  const parts = [
    shapeWords(io, made),
    opWords(io, terms),
    sectorWords(io, first),
    handleWords(io, terms),
    joinWords(io, made),
    ...freshWords(fresh, io.answered),
  ].filter((text) => text !== '')
  return parts.length === 0 ? undefined : { slots: io.slots, request: ioWords(io), linux: parts.join('; ') }
}

/** `indirect write of 8 sectors at 16`. */
export function ioWords({ op, sector, sectors, carriedAs, pieces }: RingIo): string {
  if (pieces.length === 0 && !op.endsWith('discard')) return op
  return `${CARRIED[carriedAs]}${op} of ${count(Number(sectors), 'sector')} at ${sector}`
}

function shapeWords({ carriedAs }: RingIo, made: readonly ExplainedRequest[]): string {
  if (made.length > 1) {
    const cuts = new Set(made.flatMap(({ request }) => request.part?.endedBy ?? []))
    return `${made.length} requests, cut at ${[...cuts].join(' and ')}`
  }
  const plan = made[0]!.plan
  if (!plan || plan.shape === carriedAs) return ''
  return `${plan.shape}: ${plan.reason}`
}

function opWords({ op }: RingIo, { flush, secure_discard }: Pick<RingTerms, 'flush' | 'secure_discard'>): string {
  if (op === 'barrier' && flush.value) return `flush: the backend takes them (${flush.from})`
  if (op === 'flush' && !flush.value) return `barrier: the backend takes no flush (${flush.from})`
  return op === 'secure discard' && !secure_discard.value ? `a discard that is not secure (${secure_discard.from})` : ''
}

function handleWords({ handle }: RingIo, terms: Pick<RingTerms, 'handle'>): string {
  return handle === undefined || handle === terms.handle.value ? '' : `handle ${terms.handle.value} (${terms.handle.from})`
}

function sectorWords({ op, sector, pieces }: RingIo, { request }: ExplainedRequest): string {
  if (pieces.length === 0 && (op === 'flush' || op === 'barrier') && sector !== request.sector)
    return `sector_number ${request.sector}: an empty flush names none`
  return ''
}

function joinWords({ nr_segments, pieces }: RingIo, made: readonly ExplainedRequest[]): string {
  const chunks = made.reduce((sum, { grants }) => sum + grants.length, 0)
  return pieces.length < nr_segments ? `${count(chunks, 'segment')} for ${nr_segments}: pieces that touch in one page are one` : ''
}

function freshWords({ ids, grefs }: Fresh, answered: boolean): string[] {
  const words = [...renamedWords('id', ids), ...renamedWords('gref', grefs)]
  return answered && words.length > 0 ? [...words, 'it may be answered, and a later request has its names'] : words
}

/** `gref 9 instead of 4`, `grefs 120, 121 more than the ring has`. */
function renamedWords(noun: string, all: readonly Renamed[]): string[] {
  const instead = all.filter(({ wanted }) => wanted !== undefined).map(({ wanted, name }) => `${noun} ${name} instead of ${wanted}`)
  const more = all.filter(({ wanted }) => wanted === undefined).map(({ name }) => name)
  const added = more.length === 0 ? [] : [`${noun}${more.length > 1 ? 's' : ''} ${shortList(more)} more than the ring has for it`]
  return [
    ...instead.slice(0, MAX_NAMED),
    ...(instead.length > MAX_NAMED ? [`${instead.length - MAX_NAMED} more ${noun}s`] : []),
    ...added,
  ]
}

/** Of a ring whose driver names things as no Linux could, some say enough. */
const MAX_NAMED = 3

/** `8, 9, 10 and 20 others`. */
function shortList(names: readonly number[]): string {
  if (names.length <= 2 * MAX_NAMED) return names.join(', ')
  return `${names.slice(0, MAX_NAMED).join(', ')} and ${names.length - MAX_NAMED} others`
}
