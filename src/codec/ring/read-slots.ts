// The slots of a ring of which it is decided what each holds: their requests and responses.
import { opName } from '../xen/operations.ts'
import { CERTAINTIES, NO_SLOT } from './answered.ts'
import { type RingGeometry, slotOffset } from './geometry.ts'
import { type ContinuedIn, type RequestPlace, viewRequest } from './read-request.ts'
import type { Slot } from './ring.ts'
import { advance, slotOf } from './ring-idx.ts'
import { slotReader } from './slot-reader.ts'
import { HOLDS_NEITHER, HOLDS_RESPONSE, type WireAnswer } from './slot-states.ts'
import type { WireRequest } from './wire.ts'

/** What is decided of the slots. Which hold a request or a response, the columns of `slotReader` say. */
export interface KnownSlots {
  /** The first index of those that the slots have; the unused slots of a first lap come before all others. */
  readonly oldest: number
  /** By slot; with nothing where a request or a response lies. */
  readonly slots: Slot[]
  /** Of the requests and responses, oldest first: the place in CERTAINTIES of `answered` or of `beneathOutstanding`. */
  readonly certainty: ArrayLike<number>
  /** Of each the slot of the response that may be its answer, or NO_SLOT. */
  readonly answeredBy: ArrayLike<number>
  /** By the slot of a request over several: what is in those behind its own. */
  readonly blocks: ReadonlyMap<number, ContinuedIn>
}

/** What slots are read with. */
export interface SlotReading extends Omit<RequestPlace, 'abi' | 'slot' | 'at' | 'continued'> {
  readonly bytes: Uint8Array
  readonly geometry: RingGeometry
}

type Changing<T> = { -readonly [K in keyof T]: T[K] }

/** Reads the requests and responses. */
export function readSlots(known: KnownSlots, reading: SlotReading): readonly Slot[] {
  const { oldest, slots, certainty, answeredBy, blocks } = known
  const { bytes, geometry, pages, shared, unit, maxSegments, faults } = reading
  const { nr_ents, abi } = geometry
  const { states, read } = slotReader(nr_ents, abi)
  const wire = read(bytes)
  const place: Changing<RequestPlace> = { abi, slot: 0, at: 0, pages, shared, unit, maxSegments, continued: undefined, faults }
  let judged = 0
  for (let k = 0; k < nr_ents; k++) {
    const index = advance(oldest, k)
    const slot = slotOf(index, nr_ents)
    if (states[slot] === HOLDS_NEITHER) continue
    const at = slotOffset(geometry, slot)
    const verdict = CERTAINTIES[certainty[judged]!]!
    const by = answeredBy[judged++]!
    if (states[slot] === HOLDS_RESPONSE) {
      const { response, beneath } = wire[slot] as WireAnswer
      const { id, operation, status } = response
      const op = opName(operation)
      if (op === 'unknown') faults?.ofUnknownAnswer(response, abi, slot, at)
      slots[slot] = {
        state: 'response',
        slot,
        index,
        response: { id, operation, status, op },
        beneath,
        beneathOutstanding: verdict,
      }
      continue
    }
    place.slot = slot
    place.at = at
    place.continued = blocks.get(slot)
    const request = viewRequest(wire[slot] as WireRequest, place)
    if (request.op === 'unknown') faults?.ofUnknown(request, place)
    slots[slot] = { state: 'request', slot, index, request, answered: verdict, answeredBy: by === NO_SLOT ? undefined : by }
  }
  return slots
}
