// The slots of a ring by one binary-parser call, or where no code can be made field by field: of each what it holds, and no more.
import { Parser } from 'binary-parser/dist/binary_parser.js'
import type { Abi } from '../struct/abi.ts'
import type { Struct } from '../struct/c-types.ts'
import { fieldOf, layoutOf, valueFields } from '../struct/layout.ts'
import { perSize } from '../struct/memo.ts'
import { fieldsParser, mayMakeCode, parserOf } from '../struct/parser.ts'
import { viewOf } from '../struct/scalar.ts'
import { walkFields, walkOf } from '../struct/walk.ts'
import {
  BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST,
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  type BlkifResponse,
  blkifRequest,
  blkifRequestDiscard,
  blkifRequestIndirect,
  blkifResponse,
  blkifSringEntry,
  indirectPagesFor,
} from '../xen/blkif.ts'
import { type RequestKind, requestKind } from '../xen/operations.ts'
import { sringHeader } from '../xen/ring.ts'
import { type Beneath, beneathFields } from './beneath.ts'
import type { WireOther, WireRequest } from './wire.ts'

/** A slot of `SlotReader.states` that holds a request. */
export const HOLDS_REQUEST = 1
/** A slot of `SlotReader.states` that holds a response. */
export const HOLDS_RESPONSE = 2
/** A slot of `SlotReader.states` of which nothing is read. */
export const HOLDS_NEITHER = 0

/** A response, and what lies beneath it. */
export interface WireAnswer {
  readonly response: BlkifResponse
  readonly beneath: Beneath
}

/** Reads rings of one size and ABI. */
export interface SlotReader {
  /** What each slot holds, to be filled before `read`. */
  readonly states: Uint8Array
  /**
   * By slot: a `WireRequest` with the segments and pages that are in use, at the most; a `WireAnswer`; or something that means nothing. The
   * bytes must be those of a whole ring.
   */
  read(bytes: Uint8Array): readonly (WireRequest | WireAnswer)[]
}

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

const CHOICE: Readonly<Record<RequestKind, number>> = { rw: 1, discard: 2, indirect: 3, other: 4 }
const ANSWER = 5
const SKIP = 0

type InUse = Readonly<Record<string, (value: { readonly nr_segments: number }) => number>>

/** How many elements of an array at the end of a struct are in use. */
const IN_USE: InUse = {
  seg: ({ nr_segments }) => Math.min(nr_segments, BLKIF_MAX_SEGMENTS_PER_REQUEST),
  indirect_grefs: ({ nr_segments }) => Math.min(indirectPagesFor(nr_segments), BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST),
}

function parsing(states: Uint8Array, abi: Abi): SlotReader['read'] {
  const { size } = layoutOf(blkifSringEntry, abi)
  const slotsAt = layoutOf(sringHeader, abi).size
  const operationAt = slotsAt + fieldOf(layoutOf(blkifRequest, abi), 'operation').offset
  const request = (type: Struct) => fieldsParser(valueFields(type, abi), abi, size, IN_USE)
  // What the one parser reads: binary-parser asks for the choice of one slot after another.
  let ring: Uint8Array = new Uint8Array(0)
  let slot = 0
  const choice = () => {
    const [state, operation] = [states[slot], ring[operationAt + slot * size]!]
    slot++
    if (state === HOLDS_REQUEST) return CHOICE[requestKind(operation)]
    return state === HOLDS_RESPONSE ? ANSWER : SKIP
  }
  const parser = new Parser().seek(slotsAt).array('slots', {
    length: states.length,
    type: new Parser().choice({
      tag: choice,
      choices: {
        [SKIP]: new Parser().seek(size),
        [CHOICE.rw]: request(blkifRequest),
        [CHOICE.discard]: request(blkifRequestDiscard),
        [CHOICE.indirect]: request(blkifRequestIndirect),
        [CHOICE.other]: new Parser()
          .buffer('raw', { length: size, clone: true })
          .seek(-size)
          .nest({ type: parserOf(blkifRequest, abi, size) }),
        [ANSWER]: new Parser()
          .nest('response', { type: parserOf(blkifResponse, abi) })
          .seek(-layoutOf(blkifResponse, abi).size)
          .nest('beneath', { type: fieldsParser(beneathFields(abi), abi, size) }),
      },
    }),
  })
  return (bytes) => {
    ring = bytes
    slot = 0
    return parser.parse(bytes).slots
  }
}

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
