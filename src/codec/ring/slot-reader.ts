// The slots of a ring by one binary-parser call, or where no code can be made field by field: of each what it holds, and no more.
import type { Abi } from '../struct/abi.ts'
import { fieldOf, layoutOf } from '../struct/layout.ts'
import { perSize } from '../struct/memo.ts'
import { mayMakeCode } from '../struct/parser.ts'
import { viewOf } from '../struct/scalar.ts'
import { walkFields, walkOf } from '../struct/walk.ts'
import { blkifRequest, blkifRequestDiscard, blkifRequestIndirect, blkifResponse, blkifSringEntry } from '../xen/blkif.ts'
import { requestKind } from '../xen/operations.ts'
import { sringHeader } from '../xen/ring.ts'
import { type Beneath, beneathFields } from './beneath.ts'
import { parsing } from './slot-parser.ts'
import { HOLDS_RESPONSE, type SlotReader } from './slot-states.ts'
import type { WireOther } from './wire.ts'

/** The reader of rings with so many slots: one, filled and asked again and again. */
export const slotReader: (nr_ents: number, abi: Abi) => SlotReader = /*#__PURE__*/ perSize((nr_ents, abi) => {
  const states = new Uint8Array(nr_ents)
  let read = walking(states, abi)
  let rings = 0
  return {
    states,
    read: (bytes) => {
      if (rings++ === FIRST_RINGS && mayMakeCode()) read = parsing(states, abi)
      return read(bytes)
    },
  }
})

/** binary-parser takes as long to make its code as these take without: a process that decodes one ring makes none. */
const FIRST_RINGS = 4

/** A reader that makes no code. */
function walking(states: Uint8Array, abi: Abi): SlotReader['read'] {
  const { size } = layoutOf(blkifSringEntry, abi)
  const slotsAt = layoutOf(sringHeader, abi).size
  const operation = walkOf(blkifRequest.fields.operation, abi)
  const operationAt = fieldOf(layoutOf(blkifRequest, abi), 'operation').offset
  const [rw, response] = [walkOf(blkifRequest, abi), walkOf(blkifResponse, abi)]
  const beneath = walkFields(beneathFields(abi), abi)
  const requests = {
    rw,
    indirect: walkOf(blkifRequestIndirect, abi),
    discard: walkOf(blkifRequestDiscard, abi),
    other: (view: DataView, at: number): WireOther => {
      const raw = new Uint8Array(view.buffer.slice(view.byteOffset + at, view.byteOffset + at + size))
      return Object.assign(rw(view, at), { raw })
    },
  }
  return (bytes) => {
    const view = viewOf(bytes)
    return Array.from(states, (state, slot) => {
      const at = slotsAt + slot * size
      if (state === HOLDS_RESPONSE) return { response: response(view, at), beneath: beneath(view, at) as unknown as Beneath }
      return requests[requestKind(operation(view, at + operationAt))](view, at)
    })
  }
}
