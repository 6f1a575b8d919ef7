// Ring pages made to cost much, byte by byte: x86_64, little-endian. They do not go through the emitter, which makes none of them.
import { Random } from '../../src/scenario/file/index.ts'

const PAGE = 4096
const HEADER = 64
const SLOT = 112

export interface Indices {
  readonly req_prod: number
  readonly rsp_prod: number
}

/** Slots of a ring of so many pages. */
export function slotsOf(pages: number): number {
  return 2 ** Math.floor(Math.log2((pages * PAGE - HEADER) / SLOT))
}

/** A ring whose slots are filled one by one. */
export function ringOf(pages: number, { req_prod, rsp_prod }: Indices, fill: (slot: Buffer, n: number) => void): Buffer {
  const ring = Buffer.alloc(pages * PAGE)
  ring.writeUInt32LE(req_prod >>> 0, 0)
  ring.writeUInt32LE((req_prod + 1) >>> 0, 4)
  ring.writeUInt32LE(rsp_prod >>> 0, 8)
  ring.writeUInt32LE((rsp_prod + 1) >>> 0, 12)
  for (let n = 0; n < slotsOf(pages); n++) fill(ring.subarray(HEADER + n * SLOT, HEADER + (n + 1) * SLOT), n)
  return ring
}

/** Bytes of chance below a header that makes every slot used. */
export function noise(bytes: number, seed: number, indices?: (page: number) => Indices): Buffer {
  const random = new Random(seed)
  const made = Buffer.alloc(bytes)
  for (let at = 0; at < bytes; at++) made[at] = random.below(256)
  for (let at = 0; indices && at < bytes; at += PAGE) {
    const { req_prod, rsp_prod } = indices(at / PAGE)
    made.writeUInt32LE(req_prod >>> 0, at)
    made.writeUInt32LE(rsp_prod >>> 0, at + 8)
  }
  return made
}

/** @param faulty every segment ends before it starts */
export function direct(slot: Buffer, id: number, faulty = false, operation = id % 2): void {
  slot[0] = operation
  slot[1] = 11
  slot.writeUInt32LE(id, 8)
  slot.writeUInt32LE(id * 88, 16)
  for (let i = 0; i < 11; i++) segment(slot, 24 + 8 * i, id * 11 + i, faulty)
}

/** 4096 segments in eight pages. @param grefs of the pages */
export function indirect(slot: Buffer, id: number, grefs: (k: number) => number): void {
  slot[0] = 6
  slot[1] = id % 2
  slot.writeUInt16LE(4096, 2)
  slot.writeUInt32LE(id, 8)
  slot.writeUInt32LE(id * 32768, 16)
  for (let k = 0; k < 8; k++) slot.writeUInt32LE(grefs(k), 28 + 4 * k)
}

export function response(slot: Buffer, id: number, status: number, operation = id % 3): void {
  slot.writeUInt32LE(id, 0)
  slot[8] = operation
  slot.writeInt16LE(status, 10)
}

/** An indirect page of 512 segments. */
export function segmentPage(first: number, faulty = false): Buffer {
  const page = Buffer.alloc(PAGE)
  for (let i = 0; i < 512; i++) segment(page, 8 * i, first + i, faulty)
  return page
}

function segment(bytes: Buffer, at: number, gref: number, faulty: boolean): void {
  bytes.writeUInt32LE(gref, at)
  bytes[at + 4] = faulty ? 200 + (gref % 8) : 0
  bytes[at + 5] = faulty ? 9 + (gref % 64) : 7
}
