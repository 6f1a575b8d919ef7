// The bytes of a moment, as they were recorded or captured, and what a reader has to find in them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { decodeRing } from '../../src/codec/ring/decode-ring.ts'
import { INDEX_NAMES } from '../../src/codec/ring/missing.ts'
import type { Ring } from '../../src/codec/ring/ring.ts'
import { advance } from '../../src/codec/ring/ring-idx.ts'
import { abiByName } from '../../src/codec/struct/abi.ts'
import { decode } from '../../src/codec/struct/decode.ts'
import { encodeOver } from '../../src/codec/struct/encode.ts'
import { sizeOf } from '../../src/codec/struct/layout.ts'
import { sringHeader, XEN_PAGE_SIZE } from '../../src/codec/xen/ring.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { type Vector, vectorOf } from '../../src/scenario/vector.ts'
import { applyRuns, bytesOfPage } from '../replay/expected.ts'
import type { CapturedMoment, RecordedMoment } from './moments.ts'

/** A ring with its pages, and what is known of who wrote it. */
export interface VectorRing {
  readonly name: string
  readonly comments: readonly string[]
  /** What stands in the first line, beside what the ring itself says. */
  readonly facts: Readonly<Record<string, string | number>>
  readonly bytes: Uint8Array
  /** The pages that requests in flight name, by reference. */
  readonly pages: ReadonlyMap<number, Uint8Array>
  readonly ring: Ring
}

const KERNELS: Readonly<Record<string, string>> = {
  seed: 'Linux c004a6fe0c40 (64 KiB pages, 2015)',
  'extra-req': 'Linux 4.9',
  modern: 'Linux 6.1.192',
}

const root = process.cwd()

/** @param folder where recorded vectors lie */
export function recordedRing(moment: RecordedMoment, folder: string = join(root, 'test/vectors')): VectorRing {
  const vector = vectorNamed(join(folder, `${moment.file}.ndjson.gz`), moment.scenario)
  const { abi: name, driver, pageSize, ringPages, persistent, maxIndirectSegments } = vector.config
  const abi = abiByName(name)!
  const bytes = new Uint8Array(ringPages * XEN_PAGE_SIZE)
  const pages = new Map<number, Uint8Array>()
  for (const { ringFull, ring, indirect = {} } of vector.events.slice(0, moment.event + 1)) {
    if (typeof ringFull === 'string') bytes.set(Buffer.from(ringFull, 'hex'))
    applyRuns(bytes, ring ?? [])
    for (const [gref, { page }] of Object.entries(indirect)) pages.set(Number(gref), bytesOfPage(page, XEN_PAGE_SIZE))
  }
  if (moment.moved !== undefined) {
    const header = decode(sringHeader, abi, bytes.slice(0, sizeOf(sringHeader, abi)))
    const moved = INDEX_NAMES.map((name) => [name, advance(header[name], moment.moved!)])
    encodeOver(sringHeader, abi, { ...header, ...Object.fromEntries(moved) }, bytes)
  }
  const ring = decodeRing(bytes, abi, { indirectPages: pages })
  return {
    name: moment.name,
    comments: [
      `${moment.shows}.`,
      `Written by xen-blkfront of ${KERNELS[driver]}, recorded: test/vectors/${moment.file}, ${moment.scenario}, after event ${moment.event}.`,
      ...(moment.moved === undefined ? [] : [`Made of it: ${moment.moved} was added to the four indices, modulo 2^32.`]),
    ],
    facts: { frontend: driver, page_size: pageSize, persistent: Number(persistent), max_indirect_segments: maxIndirectSegments },
    bytes,
    pages: inFlight(ring, pages),
    ring,
  }
}

export function capturedRing(moment: CapturedMoment): VectorRing {
  const [capture] = loadDumps(join(root, 'dumps', moment.dump))
  const { ring } = decodeCapture(capture!)
  return {
    name: moment.name,
    comments: [`${moment.shows}.`, `Read out of a running guest, ${moment.guest}: dumps/${moment.dump}.`],
    facts: { frontend: moment.frontend, page_size: moment.page_size },
    bytes: capture!.bytes,
    pages: inFlight(ring, capture!.indirectPages),
    ring,
  }
}

/** @throws Error for a request in flight whose page is not at hand: it would be half a vector */
function inFlight(ring: Ring, pages: Pick<ReadonlyMap<number, Uint8Array>, 'get'>): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>()
  for (const slot of ring.slots) {
    if (slot.state !== 'request' || slot.request.kind !== 'indirect') continue
    for (const gref of slot.request.indirect_grefs) {
      const page = pages.get(gref)
      if (!page) throw new Error(`slot ${slot.slot} names page ${gref}, which is not at hand`)
      found.set(gref, page)
    }
  }
  return new Map([...found].sort(([a], [b]) => a - b))
}

const files = new Map<string, readonly Vector[]>()

function vectorNamed(file: string, name: string): Vector {
  let vectors = files.get(file)
  if (!vectors) {
    const lines = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n')
    vectors = lines.map((line) => vectorOf(JSON.parse(line)))
    files.set(file, vectors)
  }
  const vector = vectors.find((v) => v.name === name)
  if (!vector) throw new Error(`${file}: no scenario is called ${name}`)
  return vector
}
