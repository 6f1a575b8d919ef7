// A second decoder, for tests and the fuzzer: every offset is typed in from the table of layouts in Xen's public headers (io/ring.h,
// io/blkif.h), as a person reads them, and nothing of src is imported. What it says is what the tool must print, in the shape of
// `decode --json`. It knows no requests over several slots, and leaves to the tool what is judged rather than read: which requests
// are answered, and which protocol a ring has.

export type PlainLayout = 'x86_64' | 'x86_32'

const SLOTS_AT = 64
/** By layout: where each field lies in its slot. Arm, of 32 and of 64 bits, is laid out as x86_64 is. */
const OFFSETS = {
  x86_64: {
    stride: 112,
    id: 8,
    sector: 16,
    seg: 24,
    discardSectors: 24,
    indirectHandle: 24,
    indirectGrefs: 28,
    rspOp: 8,
    status: 10,
  },
  x86_32: {
    stride: 108,
    id: 4,
    sector: 12,
    seg: 20,
    discardSectors: 20,
    indirectHandle: 20,
    indirectGrefs: 24,
    rspOp: 8,
    status: 10,
  },
} as const
const OPS = ['read', 'write', 'barrier', 'flush', 'packet', 'discard', 'indirect']

export interface PlainSegment {
  readonly gref: number
  readonly first_sect: number
  readonly last_sect: number
}

export interface PlainRequest {
  readonly op: string
  readonly operation: number
  readonly id: string
  readonly sector_number: string
  readonly handle: number
  readonly nr_segments?: number
  readonly segments?: readonly PlainSegment[] | null
  readonly nr_sectors?: number | string | null
  readonly indirect_op?: number
  readonly indirect_grefs?: readonly number[]
  readonly flag?: number
  readonly raw?: string
}

export interface PlainSlot {
  readonly slot: number
  readonly index: number
  readonly state: 'request' | 'response' | 'unused' | 'cleared' | 'unknown'
  readonly request?: PlainRequest
  readonly response?: { readonly id: string; readonly operation: number; readonly op: string; readonly status: number }
  readonly beneath?: {
    readonly sector_number: string
    readonly segments: readonly PlainSegment[]
    readonly handle: number
    readonly indirect_grefs: readonly number[]
    readonly nr_sectors: string
  }
}

export interface PlainRing {
  readonly nr_ents: number
  /** Null where the bytes are not in the input. */
  readonly req_prod: number | null
  readonly req_event: number | null
  readonly rsp_prod: number | null
  readonly rsp_event: number | null
  readonly outstanding: number | null
  readonly slots: readonly PlainSlot[]
}

export interface PlainOptions {
  /** Indirect pages by grant reference. */
  readonly pages?: { get(gref: number): Uint8Array | undefined; isCommon?(gref: number): boolean } | undefined
  /** Bytes that are not in the input, each span from its first up to, not including, its last. */
  readonly missing?: readonly { readonly from: number; readonly to: number }[] | undefined
}

const operationName = (operation: number) => OPS[operation] ?? 'unknown'
const text = (n: bigint) => n.toString(10)

/** Reads the pages of one ring, laid end to end. */
export function plainRing(bytes: Uint8Array, layout: PlainLayout, { pages, missing = [] }: PlainOptions = {}): PlainRing {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { stride } = OFFSETS[layout]
  let nr_ents = 1
  while (nr_ents * 2 * stride <= bytes.length - SLOTS_AT) nr_ents *= 2
  const lacks = (from: number, to: number) => missing.some((span) => span.from < to && span.to > from)
  const index = (at: number) => (lacks(at, at + 4) ? null : view.getUint32(at, true))
  const [req_prod, req_event, rsp_prod, rsp_event] = [index(0), index(4), index(8), index(12)] as const
  const head = { nr_ents, req_prod, req_event, rsp_prod, rsp_event }
  if (req_prod === null || rsp_prod === null) {
    const slots = Array.from({ length: nr_ents }, (_, slot): PlainSlot => ({ slot, index: slot, state: 'unknown' }))
    return { ...head, outstanding: null, slots }
  }
  const outstanding = (req_prod + 2 ** 32 - rsp_prod) % 2 ** 32
  const slots: PlainSlot[] = []
  // An event within a ring's length behind its producer that counts 2^32 more than that was written before both wrapped.
  const old = (event: number | null, producer: number) =>
    event !== null && event > producer && event - producer >= 2 ** 32 - nr_ents
  const onFirstLap = req_prod < nr_ents && rsp_prod <= req_prod && !old(req_event, req_prod) && !old(rsp_event, rsp_prod)
  const reading = new PageReading(pages, bytes.length)
  // Oldest first, as requests are read: `back` is how many indices before req_prod - 1.
  for (let back = nr_ents - 1; back >= 0; back--) {
    const number = (req_prod - 1 - back + 2 ** 32) % 2 ** 32
    const slot = number % nr_ents
    const at = SLOTS_AT + slot * stride
    const unused = onFirstLap && slot >= req_prod
    const place = { slot, index: unused ? slot : number }
    if (lacks(at, at + stride)) slots.push({ ...place, state: 'unknown' })
    else if (unused) slots.push({ ...place, state: 'unused' })
    // Of the last `outstanding` indices before req_prod none is answered; where there are more than slots, all are claimed.
    else if (back < outstanding) slots.push({ ...place, state: 'request', request: plainRequest(view, at, layout, reading) })
    else if (isCleared(view, at, slot, layout)) slots.push({ ...place, state: 'cleared' })
    else slots.push({ ...place, state: 'response', ...plainResponse(view, at, layout) })
  }
  return { ...head, outstanding, slots: slots.sort((a, b) => a.slot - b.slot) }
}

/** Segments that are read from pages which other requests name as well, for each page of the ring: a limit of the tool. */
const MAX_READ_AGAIN = 6144

/** Reads indirect pages for the requests of one ring. */
class PageReading {
  readonly #pages: PlainOptions['pages']
  readonly #seen = new Set<number>()
  #left: number

  constructor(pages: PlainOptions['pages'], ringBytes: number) {
    this.#pages = pages
    this.#left = (MAX_READ_AGAIN * ringBytes) / 4096
  }

  /** Null where a page is missing, too short for the segments in use, or was read too often. */
  segments(grefs: readonly number[], count: number): PlainSegment[] | null {
    const segments: PlainSegment[] = []
    let whole = true
    for (const [k, gref] of grefs.entries()) {
      const page = this.#pages?.get(gref)
      const here = Math.min(count - 512 * k, 512)
      if (!page || page.length < 8 * here) {
        whole = false
        continue
      }
      if (this.#seen.has(gref) || this.#pages?.isCommon?.(gref)) {
        if (here > this.#left) return null
        this.#left -= here
      }
      this.#seen.add(gref)
      segments.push(...plainSegments(new DataView(page.buffer, page.byteOffset, page.byteLength), 0, here))
    }
    return whole ? segments : null
  }
}

/** All zero, as Windows leaves it, or all but the request's id, which is the slot's number, as OpenBSD does. */
function isCleared(view: DataView, at: number, slot: number, layout: PlainLayout): boolean {
  const { stride, id } = OFFSETS[layout]
  for (let i = 0; i < stride; i++) if ((i < id || i >= id + 8) && view.getUint8(at + i) !== 0) return false
  const own = view.getBigUint64(at + id, true)
  return own === 0n || own === BigInt(slot)
}

function plainSegments(view: DataView, at: number, count: number): PlainSegment[] {
  const segments: PlainSegment[] = []
  for (let k = 0; k < count; k++)
    segments.push({
      gref: view.getUint32(at + 8 * k, true),
      first_sect: view.getUint8(at + 8 * k + 4),
      last_sect: view.getUint8(at + 8 * k + 5),
    })
  return segments
}

/** A segment that ends before it starts has no sector. */
function sectorsOf(segments: readonly PlainSegment[]): number {
  let sum = 0
  for (const { first_sect, last_sect } of segments) if (last_sect >= first_sect) sum += last_sect + 1 - first_sect
  return sum
}

function plainRequest(view: DataView, at: number, layout: PlainLayout, pages: PageReading): PlainRequest {
  const offsets = OFFSETS[layout]
  const operation = view.getUint8(at)
  const base = {
    op: operationName(operation),
    operation,
    id: text(view.getBigUint64(at + offsets.id, true)),
    sector_number: text(view.getBigUint64(at + offsets.sector, true)),
    handle: view.getUint16(at + (operation === 6 ? offsets.indirectHandle : 2), true),
  }
  if (operation <= 3) {
    const nr_segments = view.getUint8(at + 1)
    const segments = plainSegments(view, at + offsets.seg, Math.min(nr_segments, 11))
    return { ...base, nr_segments, segments, nr_sectors: sectorsOf(segments) }
  }
  if (operation === 5)
    return { ...base, flag: view.getUint8(at + 1), nr_sectors: text(view.getBigUint64(at + offsets.discardSectors, true)) }
  if (operation === 6) {
    const nr_segments = view.getUint16(at + 2, true)
    const inUse = Math.min(nr_segments, 4096)
    const indirect_grefs: number[] = []
    for (let k = 0; 512 * k < inUse; k++) indirect_grefs.push(view.getUint32(at + offsets.indirectGrefs + 4 * k, true))
    const segments = pages.segments(indirect_grefs, inUse)
    return {
      ...base,
      indirect_op: view.getUint8(at + 1),
      nr_segments,
      indirect_grefs,
      segments,
      nr_sectors: segments && sectorsOf(segments),
    }
  }
  let raw = ''
  for (let i = 0; i < offsets.stride; i++)
    raw += view
      .getUint8(at + i)
      .toString(16)
      .padStart(2, '0')
  return { ...base, raw }
}

/** What a response wrote, and what it left of the request below: the bytes from 12 on, but for the id's. */
function plainResponse(view: DataView, at: number, layout: PlainLayout): Pick<Required<PlainSlot>, 'response' | 'beneath'> {
  const offsets = OFFSETS[layout]
  const operation = view.getUint8(at + offsets.rspOp)
  const indirect_grefs: number[] = []
  for (let k = 0; k < 8; k++) indirect_grefs.push(view.getUint32(at + offsets.indirectGrefs + 4 * k, true))
  return {
    response: {
      id: text(view.getBigUint64(at, true)),
      operation,
      op: operationName(operation),
      status: view.getInt16(at + offsets.status, true),
    },
    beneath: {
      sector_number: text(view.getBigUint64(at + offsets.sector, true)),
      segments: plainSegments(view, at + offsets.seg, 11),
      handle: view.getUint16(at + offsets.indirectHandle, true),
      indirect_grefs,
      nr_sectors: text(view.getBigUint64(at + offsets.discardSectors, true)),
    },
  }
}
