// Vectors as text: lines of a word and key=value, which any language reads without a library. docs/testing.md has the format.
import { slotOffset } from '../../src/codec/ring/geometry.ts'
import { type Slot, slotsByIndex } from '../../src/codec/ring/ring.ts'
import { BLKIF_OP_DISCARD, BLKIF_OP_INDIRECT } from '../../src/codec/xen/blkif.ts'
import type { VectorRing } from './read-moment.ts'

export const VECTOR_VERSION = 1

/** Bytes of a run at the most, so that a line fits into a buffer of 1000 bytes. */
const MAX_RUN = 256
/** Zeros between two runs at the least: fewer are written out. */
const MIN_GAP = 16
/** Runs begin at rows of so many bytes. */
const ROW = 16

export type VectorFields = Readonly<Record<string, string | number | bigint>>

/** A line: what it is of, and the values. */
export interface VectorLine {
  readonly kind: string
  readonly fields: VectorFields
}

export function vectorText(vector: VectorRing): string {
  const comments = vector.comments.map((comment) => `# ${comment}`)
  return `${[...comments, ...vectorLines(vector).map(lineText), ...byteLines(vector)].join('\n')}\n`
}

function lineText({ kind, fields }: VectorLine): string {
  return [kind, ...Object.entries(fields).map(([key, value]) => `${key}=${value}`)].join(' ')
}

/** What is to be found: a line for the vector, one for the header, and those of every slot in use, in the order of their indices. */
export function vectorLines({ facts, ring }: VectorRing): VectorLine[] {
  const { abi, pages, nr_ents, stride } = ring.geometry
  const { req_prod, req_event, rsp_prod, rsp_event } = ring.sring
  return [
    line('vector', { version: VECTOR_VERSION, abi: abi.name, ring_pages: pages, nr_ents, slot_size: stride, ...facts }),
    line('sring', { req_prod, req_event, rsp_prod, rsp_event }),
    ...slotsByIndex(ring).flatMap(slotLines),
  ]
}

const line = (kind: string, fields: VectorFields): VectorLine => ({ kind, fields })

function slotLines(found: Slot): VectorLine[] {
  const { slot, index } = found
  const place = { slot, index }
  if (found.state === 'unused') return []
  if (found.state === 'response') {
    const { id, operation, status } = found.response
    return [line('blkif_response', { ...place, id, operation, status })]
  }
  if (found.state !== 'request') throw new Error(`slot ${slot} is ${found.state}: no reader has to know that`)
  const { request } = found
  const { operation, id, sector_number, handle } = request
  switch (request.kind) {
    case 'rw': {
      const { nr_segments } = request
      const fields = { ...place, operation, nr_segments, handle, id, sector_number }
      return [line('blkif_request', fields), ...segmentLines(slot, request.segments)]
    }
    case 'indirect': {
      const { indirect_op, nr_segments, indirect_grefs, segments } = request
      const fields = { ...place, operation: BLKIF_OP_INDIRECT, indirect_op, nr_segments, id, sector_number, handle }
      return [
        line('blkif_request_indirect', fields),
        ...indirect_grefs.map((gref) => line('indirect_gref', { slot, gref })),
        ...segmentLines(slot, segments!),
      ]
    }
    case 'discard': {
      const { flag, nr_sectors } = request
      const fields = { ...place, operation: BLKIF_OP_DISCARD, flag, handle, id, sector_number, nr_sectors }
      return [line('blkif_request_discard', fields)]
    }
    case 'other':
      throw new Error(`slot ${slot} has operation ${operation}, of which blkif.h has no struct`)
  }
}

function segmentLines(slot: number, segments: readonly { gref: number; first_sect: number; last_sect: number }[]): VectorLine[] {
  return segments.map(({ gref, first_sect, last_sect }) => line('segment', { slot, gref, first_sect, last_sect }))
}

/** Whatever is not zero, in runs. */
function byteLines({ bytes, pages, ring }: VectorRing): string[] {
  const { tailAt, nr_ents } = ring.geometry
  const slots = Array.from({ length: nr_ents }, (_, slot) => slotOffset(ring.geometry, slot))
  return [
    ...runs(bytes, [0, ...slots, tailAt]).map(([at, hex]) => `ring at=${at} hex=${hex}`),
    ...[...pages].flatMap(([gref, page]) =>
      page.every((byte) => byte === 0)
        ? [`page gref=${gref} at=0 hex=00`]
        : runs(page, [0]).map(([at, hex]) => `page gref=${gref} at=${at} hex=${hex}`),
    ),
  ]
}

/** @param starts where a run has to begin anew, so that a slot has lines of its own */
function runs(bytes: Uint8Array, starts: readonly number[]): [at: number, hex: string][] {
  const found: [number, string][] = []
  for (const [n, start] of starts.entries()) {
    const end = starts[n + 1] ?? bytes.length
    for (let at = start; at < end; ) {
      if (bytes[at] === 0) {
        at++
        continue
      }
      const from = at - ((at - start) % ROW)
      let to = at + 1
      for (let zeros = 0, i = to; i < end && i < from + MAX_RUN && zeros < MIN_GAP; i++)
        if (bytes[i] === 0) zeros++
        else [zeros, to] = [0, i + 1]
      found.push([from, Buffer.from(bytes.subarray(from, to)).toString('hex')])
      at = to
    }
  }
  return found
}
