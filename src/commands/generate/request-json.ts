// `generate --json`: a request, byte by byte. A trace has millions of segments.
import type { BlockRequest } from '../../blkfront/index.ts'
import { type ByteSink, Literals, literal, putText } from '../../print/byte-sink.ts'
import { putU32, putU64 } from '../../print/digits.ts'
import { jsonText } from '../../print/printable.ts'
import type { JsonOf } from '../../print/shape.ts'
import type { ExplainedRequest } from '../../scenario/player/index.ts'
import type { EXPLAINED_REQUEST } from './shape.ts'

/** The first of a list, and those behind it. */
const OPEN_PAGE = new Literals(['{"page":', ',{"page":'])
const OPEN_SLOT = new Literals(['{"slot":', ',{"slot":'])
const GREF = literal(',"gref":')
const GFN = literal(',"gfn":')
const CLOSE = 0x7d
/** More than a segment takes up. */
const EACH = 160
const TWO_32 = 2 ** 32

/** The end of a segment, by the two numbers in it: nearly always those of the one before. */
class Ending {
  readonly #text: (a: number, b: number) => string
  #made: Literals | undefined
  #a = 0
  #b = 0

  constructor(text: (a: number, b: number) => string) {
    this.#text = text
  }

  of(a: number, b: number): Literals {
    if (this.#made && a === this.#a && b === this.#b) return this.#made
    this.#a = a
    this.#b = b
    this.#made = literal(this.#text(a, b))
    return this.#made
  }
}

const BYTES = new Ending((offset, length) => `,"offset":${offset},"length":${length}}`)
const SECTS = new Ending((first, last) => `,"first_sect":${first},"last_sect":${last}}`)

/** Names as in Xen's headers where they have one. */
export function writeRequestJson(explained: ExplainedRequest, sink: ByteSink): void {
  const { request, result, slots, ids, plan, grants, indirectGrefs, reserved } = explained
  const head = {
    request: request.serial,
    ...(explained.queue === undefined ? {} : { queue: explained.queue }),
    op: request.op,
    ...(request.fua ? { fua: true } : {}),
    ...(request.part ? { part: { ...request.part, endedBy: request.part.endedBy ?? null } } : {}),
    sector_number: String(request.sector),
    nr_sectors: isDiscard(request) ? String(request.nrSectors) : request.nrSectors,
  } satisfies Partial<JsonOf<typeof EXPLAINED_REQUEST>>
  sink.text(`${jsonText(head).slice(0, -1)},"linuxSegments":[`)
  writeLinuxSegments(request.segments, sink)
  sink.text(`],${jsonText({ result, slots, ids: ids.map(String) }).slice(1, -1)}`)
  if (plan) {
    sink.text(`,"shape":"${plan.shape}","nr_segments":${plan.nr_segments},"segments":[`)
    writeGrants(grants, sink)
    const used = grants.length + indirectGrefs.length
    const tail = { indirect_grefs: indirectGrefs.map(({ gref }) => gref), grants: { ...reserved, used } }
    sink.text(`],${jsonText(tail).slice(1, -1)}`)
  }
  sink.byte(CLOSE)
}

function writeLinuxSegments(segments: BlockRequest['segments'], sink: ByteSink): void {
  sink.reserve(EACH * segments.length)
  const { view } = sink
  let { at } = sink
  let i = 0
  for (const [page, offset, length] of segments) {
    at = putWhole(view, putText(view, at, OPEN_PAGE, i++ === 0 ? 0 : 1), page)
    at = putText(view, at, BYTES.of(offset, length), 0)
  }
  sink.at = at
}

function writeGrants(grants: ExplainedRequest['grants'], sink: ByteSink): void {
  sink.reserve(EACH * grants.length)
  const { view } = sink
  let { at } = sink
  for (let i = 0; i < grants.length; i++) {
    const { slot, gref, gfn, first_sect, last_sect } = grants[i]!
    at = putU32(view, putText(view, at, OPEN_SLOT, i === 0 ? 0 : 1), slot)
    at = putU32(view, putText(view, at, GREF, 0), gref)
    at = putWhole(view, putText(view, at, GFN, 0), gfn)
    at = putText(view, at, SECTS.of(first_sect, last_sect), 0)
  }
  sink.at = at
}

function putWhole(view: DataView, at: number, n: number): number {
  return n < TWO_32 ? putU32(view, at, n) : putU64(view, at, n % TWO_32, Math.floor(n / TWO_32))
}

/** Their count of sectors is a u64 on the wire. */
function isDiscard({ op }: BlockRequest): boolean {
  return op === 'discard' || op === 'secdiscard'
}
