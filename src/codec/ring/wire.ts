// A whole shared ring, read by one binary-parser call, or where no code can be made field by field, and written back over its bytes.
import { Parser } from 'binary-parser/dist/binary_parser.js'
import type { Abi } from '../struct/abi.ts'
import type { ValueOf } from '../struct/c-types.ts'
import { encodeOver } from '../struct/encode.ts'
import { CodecError } from '../struct/errors.ts'
import { fieldOf, layoutOf } from '../struct/layout.ts'
import { perSize } from '../struct/memo.ts'
import { mayMakeCode, parserOf } from '../struct/parser.ts'
import { viewOf } from '../struct/scalar.ts'
import { walkOf } from '../struct/walk.ts'
import {
  type BlkifRequest,
  type BlkifRequestDiscard,
  type BlkifRequestIndirect,
  type BlkifResponse,
  blkifRequest,
  blkifRequestDiscard,
  blkifRequestIndirect,
  blkifResponse,
  blkifSringEntry,
} from '../xen/blkif.ts'
import { REQUEST_STRUCTS, type RequestKind, requestKind } from '../xen/operations.ts'
import { sringHeader } from '../xen/ring.ts'
import { type RingGeometry, slotOffset } from './geometry.ts'

/** The value of `sringHeader`: `req_prod`, `req_event`, `rsp_prod` and `rsp_event`. */
export type SringHeader = ValueOf<typeof sringHeader>

/** A slot of no public struct: read as `struct blkif_request`, and kept whole in `raw`. */
export type WireOther = BlkifRequest & { raw: Uint8Array }

/** A slot read as the request struct that its operation byte names (`requestKind`). */
export type WireRequest = BlkifRequest | BlkifRequestDiscard | BlkifRequestIndirect | WireOther

/** Both readings of a slot, as the C union has them. Which one counts depends on the indices. */
export interface WireEntry {
  readonly req: WireRequest
  readonly rsp: BlkifResponse
}

/** A ring before its indices are looked at: the header, and both readings of every slot. */
export interface WireRing {
  readonly sring: SringHeader
  readonly ring: readonly WireEntry[]
}

/** Decodes header and slots of a ring; the bytes must be `geometry.bytes` long. */
export function decodeWireRing(bytes: Uint8Array, geometry: RingGeometry): WireRing {
  if (bytes.length < geometry.bytes)
    throw new CodecError('blkif_sring', bytes.length, `a ring of ${geometry.pages} pages needs ${geometry.bytes} bytes`)
  return readers(geometry.nr_ents, geometry.abi)(bytes)
}

/** Lays a request over a slot's bytes; the bytes that its struct does not have stay. */
export function encodeRequestOver(req: WireRequest, abi: Abi, bytes: Uint8Array, at: number): void {
  const kind = requestKind(req.operation)
  if (kind === 'other') bytes.set((req as WireOther).raw, at)
  else encodeOver(REQUEST_STRUCTS[kind], abi, req as never, bytes, at)
}

/** Lays header and slots over existing bytes, each slot as a request or as a response: the inverse of `decodeWireRing`. */
export function encodeWireRingOver(
  wire: WireRing,
  geometry: RingGeometry,
  bytes: Uint8Array,
  isResponse: (slot: number) => boolean,
): void {
  encodeOver(sringHeader, geometry.abi, wire.sring, bytes)
  for (const [slot, entry] of wire.ring.entries()) {
    const at = slotOffset(geometry, slot)
    if (isResponse(slot)) encodeOver(blkifResponse, geometry.abi, entry.rsp, bytes, at)
    else encodeRequestOver(entry.req, geometry.abi, bytes, at)
  }
}

const readers = /*#__PURE__*/ perSize((nr_ents, abi): ((bytes: Uint8Array) => WireRing) => {
  if (!mayMakeCode()) return walkRing(nr_ents, abi)
  const parser = new Parser()
    .nest('sring', { type: parserOf(sringHeader, abi) })
    .array('ring', { type: entryParser(abi), length: nr_ents })
  return (bytes) => parser.parse(bytes) as WireRing
})

const CHOICE: Readonly<Record<RequestKind, number>> = { other: -1, rw: 0, discard: 1, indirect: 2 }

function entryParser(abi: Abi): Parser {
  const { size } = layoutOf(blkifSringEntry, abi)
  const raw = new Parser()
    .buffer('raw', { length: size, clone: true })
    .seek(-size)
    .nest({ type: parserOf(blkifRequest, abi, size) })
  const request = new Parser()
    .uint8('operation')
    .seek(-1)
    .choice({
      tag: function (this: { operation: number }) {
        return CHOICE[requestKind(this.operation)]
      },
      choices: {
        [CHOICE.rw]: parserOf(blkifRequest, abi, size),
        [CHOICE.discard]: parserOf(blkifRequestDiscard, abi, size),
        [CHOICE.indirect]: parserOf(blkifRequestIndirect, abi, size),
      },
      defaultChoice: raw,
    })
  return new Parser()
    .nest('req', { type: request })
    .seek(-size)
    .nest('rsp', { type: parserOf(blkifResponse, abi, size) })
}

/** A reader of whole rings that makes no code. */
function walkRing(nr_ents: number, abi: Abi): (bytes: Uint8Array) => WireRing {
  const { size } = layoutOf(blkifSringEntry, abi)
  const slotsAt = layoutOf(sringHeader, abi).size
  const [header, response] = [walkOf(sringHeader, abi), walkOf(blkifResponse, abi)]
  const request = {
    rw: walkOf(blkifRequest, abi),
    discard: walkOf(blkifRequestDiscard, abi),
    indirect: walkOf(blkifRequestIndirect, abi),
    other: (view: DataView, at: number): WireOther => {
      const raw = new Uint8Array(view.buffer.slice(view.byteOffset + at, view.byteOffset + at + size))
      const wire = request.rw(view, at)
      return Object.assign({ operation: wire.operation, raw }, wire)
    },
  }
  const { offset } = fieldOf(layoutOf(blkifRequest, abi), 'operation')
  return (bytes) => {
    const view = viewOf(bytes)
    const ring = Array.from({ length: nr_ents }, (_, slot): WireEntry => {
      const at = slotsAt + slot * size
      return { req: request[requestKind(view.getUint8(at + offset))](view, at), rsp: response(view, at) }
    })
    return { sring: header(view, 0), ring }
  }
}
