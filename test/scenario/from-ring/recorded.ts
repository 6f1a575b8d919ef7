// Rings that real drivers wrote, out of recorded vectors: at each publishing of requests that falls on no half-written response, with the pages of segments at that time.
import type { AskedTerms } from '../../../src/scenario/from-ring/index.ts'
import type { Vector, VectorPage } from '../../../src/scenario/vector.ts'

export interface RecordedRing {
  readonly name: string
  readonly driver: Vector['config']['driver']
  readonly abi: Vector['config']['abi']
  readonly bytes: Uint8Array
  readonly pages: ReadonlyMap<number, Uint8Array>
  readonly ringGrefs: readonly number[]
  readonly asked: AskedTerms
}

export function* recordedRings({ name, config, events }: Vector): Generator<RecordedRing> {
  const { driver, abi, pageSize, persistent, bounce, maxIndirectSegments, handle } = config
  const { featureFlush, featureFua, featureDiscard } = config
  const bytes = new Uint8Array(config.ringPages * 4096)
  const pages = new Map<number, Uint8Array>()
  let unpublished = false
  let ringGrefs: readonly number[] = []
  const asked = {
    page_size: pageSize,
    persistent,
    max_indirect_segments: maxIndirectSegments,
    flush: featureFlush && !featureFua,
    barrier: featureFua,
    discard: featureDiscard,
    bounce: bounce && !persistent,
    handle,
  }
  for (const [n, { type, ring, ringFull, indirect, ringGrefs: own }] of events.entries()) {
    if (typeof ringFull === 'string') bytes.set(Buffer.from(ringFull, 'hex'))
    if (Array.isArray(own)) ringGrefs = own as number[]
    for (const [offset, hex] of ring ?? []) bytes.set(Buffer.from(hex, 'hex'), offset)
    for (const [gref, { page }] of Object.entries(indirect ?? {})) pages.set(Number(gref), pageOf(page))
    // A response that is not published lies over a request that the indices say is there.
    if (type === 'respond') unpublished = true
    else if (type === 'pushResponses') unpublished = false
    if (!unpublished && (type === 'push' || type === 'queueRq'))
      yield { name: `${name}, event ${n}`, driver, abi, bytes: bytes.slice(), pages: new Map(pages), ringGrefs, asked }
  }
}

function pageOf({ base, runs }: VectorPage): Uint8Array {
  const page = new Uint8Array(4096).fill(base)
  for (const [offset, hex] of runs) page.set(Buffer.from(hex, 'hex'), offset)
  return page
}
