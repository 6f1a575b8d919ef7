// What is decided of the slots of a ring, as bytes: the command decides by indices, ids and the moments before, and a page reads by that.
import { HOLDS } from '../codec/batch/batch.ts'
import { CERTAINTIES, COMPLETION_EVIDENCE } from '../codec/ring/answered.ts'
import type { RingGeometry } from '../codec/ring/geometry.ts'
import { blockSegments } from '../codec/ring/multi-slot.ts'
import type { ContinuedIn } from '../codec/ring/read-request.ts'
import { type KnownSlots, readSlots, type SlotReading } from '../codec/ring/read-slots.ts'
import type { ContinuationSlot, Ring, Slot } from '../codec/ring/ring.ts'
import type { RingHead } from '../codec/ring/ring-head.ts'
import { advance, slotOf } from '../codec/ring/ring-idx.ts'
import { slotReader } from '../codec/ring/slot-reader.ts'
import { HOLDS_NEITHER, HOLDS_REQUEST, HOLDS_RESPONSE } from '../codec/ring/slot-states.ts'

const STATES: readonly Slot['state'][] = ['request', 'response', 'continuation', 'cleared', 'unknown', 'unused']
/** Above the state: how certain it is, or what the slot holds. */
const DEGREE = 8

/** A column of what slots are, one of their segments, two of the slot that each belongs to, and the evidence. */
export function decisionBytes({ nr_ents }: RingGeometry): number {
  return 4 * nr_ents + 1
}

/** The columns of a ring that is decided. A request that waits is all 0. */
export function packDecisions({ geometry, slots, evidence }: Ring): Uint8Array {
  const { nr_ents } = geometry
  const packed = new Uint8Array(decisionBytes(geometry))
  for (const [i, slot] of slots.entries()) {
    const [degree, segments, other] = decisionOf(slot)
    packed[i] = STATES.indexOf(slot.state) + DEGREE * degree
    packed[nr_ents + i] = segments
    const link = other === undefined ? 0 : other + 1
    packed[2 * nr_ents + i] = link
    packed[3 * nr_ents + i] = Math.floor(link / 256)
  }
  packed[4 * nr_ents] = COMPLETION_EVIDENCE.indexOf(evidence)
  return packed
}

function decisionOf(slot: Slot): readonly [degree: number, segments: number, other: number | undefined] {
  switch (slot.state) {
    case 'request':
      return [CERTAINTIES.indexOf(slot.answered), 0, slot.answeredBy]
    case 'response':
      return [CERTAINTIES.indexOf(slot.beneathOutstanding), 0, undefined]
    case 'continuation':
      return [HOLDS.indexOf(slot.holds), slot.nr_segments, slot.of]
    case 'unknown':
      return [HOLDS.indexOf(slot.holds), 0, undefined]
    default:
      return [0, 0, undefined]
  }
}

/** The ring again: what of it is decided, and what the library reads of its bytes by that. Its findings are not looked for. */
export function ringOfDecisions(head: RingHead, packed: Uint8Array, reading: SlotReading): Ring {
  const { nr_ents, abi } = head.geometry
  const { states } = slotReader(nr_ents, abi)
  const oldest = advance(head.sring.req_prod, -nr_ents)
  const slots: Slot[] = new Array(nr_ents)
  const [certainty, answeredBy]: [number[], number[]] = [[], []]
  const blocks = new Map<number, { slots: number[]; segments: ContinuedIn['segments'] }>()
  for (let k = 0; k < nr_ents; k++) {
    const index = advance(oldest, k)
    const slot = slotOf(index, nr_ents)
    const state = STATES[packed[slot]! % DEGREE]!
    const degree = Math.floor(packed[slot]! / DEGREE)
    const other = packed[2 * nr_ents + slot]! + 256 * packed[3 * nr_ents + slot]! - 1
    states[slot] = HOLDS_NEITHER
    if (state === 'request' || state === 'response') {
      states[slot] = state === 'request' ? HOLDS_REQUEST : HOLDS_RESPONSE
      certainty.push(degree)
      answeredBy.push(other)
    } else if (state === 'unused') slots[slot] = { state, slot, index: slot }
    else if (state === 'cleared') slots[slot] = { state, slot, index }
    else if (state === 'unknown') {
      const holds = HOLDS[degree]!
      slots[slot] = { state, slot, index: holds === 'request' || holds === 'response' ? index : slot, holds }
    } else {
      const holds = HOLDS[degree] as ContinuationSlot['holds']
      const nr_segments = packed[nr_ents + slot]!
      const of = other < 0 ? undefined : other
      slots[slot] = { state, slot, index, holds, of, nr_segments }
      if (holds === 'request' && of !== undefined) {
        const own = blocks.get(of) ?? { slots: [], segments: [] }
        blocks.set(of, own)
        own.slots.push(slot)
        own.segments = [...own.segments, ...blockSegments(reading.bytes, head.geometry, slot, nr_segments)]
      }
    }
  }
  const known: KnownSlots = { oldest, slots, certainty, answeredBy, blocks }
  const evidence = COMPLETION_EVIDENCE[packed[4 * nr_ents]!]!
  return { ...head, sectorUnit: reading.unit, evidence, slots: readSlots(known, reading), findings: [] }
}
