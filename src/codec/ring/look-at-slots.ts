// Indices and a few words of each slot, to what each holds: all that is decided of a ring before its slots are read.
import { readsAsCleared, slotCriteria } from '../recognise/slot/reads-as.ts'
import { KNOWN_RING } from '../recognise/slot/strictness.ts'
import { memo } from '../struct/memo.ts'
import { requestKind } from '../xen/operations.ts'
import { type CompletionEvidence, completionJudge } from './answered.ts'
import type { Blocks } from './multi-slot.ts'
import type { KnownSlots } from './read-slots.ts'
import type { Slot } from './ring.ts'
import type { RingHead } from './ring-head.ts'
import { advance, inWindow, isFirstLap, slotOf } from './ring-idx.ts'
import { RoundTable } from './round-table.ts'
import { slotReader } from './slot-reader.ts'
import { HOLDS_NEITHER, HOLDS_REQUEST, HOLDS_RESPONSE } from './slot-states.ts'

/** What the indices and a few words of each slot are read from. */
interface Unread {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly notThere: ReadonlySet<number>
  readonly blocks: Blocks
}

/** What is known of the slots of a ring before any is read. */
export interface LookedSlots extends KnownSlots {
  readonly evidence: CompletionEvidence
  /** Whether two requests have one id. */
  readonly hasTwins: boolean
}

/** Says what each slot holds, in the columns of the reader and of the judge, and makes those slots that hold nothing to be read. */
export function lookAtSlots({ geometry, sring, indices }: RingHead, { bytes, view, notThere, blocks }: Unread): LookedSlots {
  const { abi, nr_ents, slotsAt, stride } = geometry
  const { req_prod, rsp_prod } = sring
  const { states } = slotReader(nr_ents, abi)
  const criteria = slotCriteria(KNOWN_RING, abi)
  const { rw, indirect, response, high } = criteria
  const [judge, ids] = [completionJudge(nr_ents), idTable(nr_ents)]
  const seen = judge.next()
  ids.next()
  const unused = isFirstLap(sring, nr_ents) ? nr_ents - req_prod : 0
  const oldest = advance(req_prod, -nr_ents)
  const isPartial = notThere.size + blocks.unseen.size > 0
  const slots: Slot[] = new Array(nr_ents)
  let hasTwins = false
  for (let k = 0; k < nr_ents; k++) {
    const index = advance(oldest, k)
    const slot = slotOf(index, nr_ents)
    const isResponse = indices === 'possible' && !inWindow(index, rsp_prod, req_prod)
    states[slot] = HOLDS_NEITHER
    if (indices === 'unknown') {
      slots[slot] = { state: 'unknown', slot, index: slot, holds: 'unknown' }
      continue
    }
    if (isPartial && (notThere.has(slot) || blocks.unseen.has(slot))) {
      const holds = k < unused ? 'unused' : isResponse ? 'response' : 'request'
      slots[slot] = { state: 'unknown', slot, index: k < unused ? slot : index, holds }
      seen.addUnknown(holds)
      continue
    }
    if (k < unused) {
      slots[slot] = { state: 'unused', slot, index: slot }
      continue
    }
    const block = blocks.slots.get(slot)
    if (block) {
      slots[slot] = { state: 'continuation', slot, index, ...block }
      continue
    }
    const at = slotsAt + slot * stride
    if (isResponse && readsAsCleared(criteria, view, at, slot)) {
      slots[slot] = { state: 'cleared', slot, index }
      seen.addCleared()
      continue
    }
    const id = at + (isResponse ? response.id : rw.id)
    const [low, upper] = [view.getUint32(id, true), view.getUint32(id + high, true)]
    if (isResponse) {
      states[slot] = HOLDS_RESPONSE
      seen.addResponse(slot, bytes[at + response.operation]!)
    } else {
      states[slot] = HOLDS_REQUEST
      const operation = bytes[at + rw.operation]!
      seen.addRequest(requestKind(operation) === 'indirect' ? bytes[at + indirect.indirect_op]! : operation)
      if (ids.add(low, upper, slot) >= 0) hasTwins = true
    }
    const sector = at + rw.sector_number
    seen.identify(low, upper, view.getUint32(sector, true), view.getUint32(sector + high, true))
  }
  // With several slots a request, a request and the response of its index need not be neighbours of anything.
  const evidence = judge.judge(unused > 0 && blocks.slots.size === 0)
  const { certainty, answeredBy } = judge
  return { oldest, slots, certainty, answeredBy, blocks: blocks.ofRequests, evidence, hasTwins }
}

const idTable = /*#__PURE__*/ memo(new Map(), (nr_ents: number) => new RoundTable(nr_ents))
