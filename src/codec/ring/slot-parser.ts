// The slots of a ring by one binary-parser call.
import { Parser } from 'binary-parser/dist/binary_parser.js'
import type { Abi } from '../struct/abi.ts'
import type { Struct } from '../struct/c-types.ts'
import { fieldOf, layoutOf, valueFields } from '../struct/layout.ts'
import { fieldsParser, parserOf } from '../struct/parser.ts'
import {
  BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST,
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  blkifRequest,
  blkifRequestDiscard,
  blkifRequestIndirect,
  blkifResponse,
  blkifSringEntry,
  indirectPagesFor,
} from '../xen/blkif.ts'
import { type RequestKind, requestKind } from '../xen/operations.ts'
import { sringHeader } from '../xen/ring.ts'
import { beneathFields } from './beneath.ts'
import { HOLDS_REQUEST, HOLDS_RESPONSE, type SlotReader } from './slot-states.ts'

const CHOICE: Readonly<Record<RequestKind, number>> = { rw: 1, discard: 2, indirect: 3, other: 4 }
const ANSWER = 5
const SKIP = 0

type InUse = Readonly<Record<string, (value: { readonly nr_segments: number }) => number>>

/** How many elements of an array at the end of a struct are in use. */
const IN_USE: InUse = {
  seg: ({ nr_segments }) => Math.min(nr_segments, BLKIF_MAX_SEGMENTS_PER_REQUEST),
  indirect_grefs: ({ nr_segments }) => Math.min(indirectPagesFor(nr_segments), BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST),
}

/** A reader that makes its code first. */
export function parsing(states: Uint8Array, abi: Abi): SlotReader['read'] {
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
