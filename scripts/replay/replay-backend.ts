// Cases of real backends done again by the emulated one: every byte of the responses, the indices, and what a record shows of pages
// and disk.
import { backendDisk } from '../../src/blkback/asked.ts'
import { ANSWERING_MODELS, type BackendAnswer, Blkback, type BlockStore, type TakenByBackend } from '../../src/blkback/blkback.ts'
import type { Grants } from '../../src/blkback/grants.ts'
import { takeRequest } from '../../src/blkback/take.ts'
import { operationOf, segmentsOf } from '../../src/codec/ring/request.ts'
import { advance } from '../../src/codec/ring/ring-idx.ts'
import { SharedRing } from '../../src/codec/ring/shared-ring.ts'
import { BLKIF_OP_READ } from '../../src/codec/xen/blkif.ts'
import { abiOfProtocol } from '../../src/codec/xen/protocols.ts'
import { sectorSizeOf } from '../../src/xenstore/disk.ts'

import { type BackendRecord, notCompared } from './backend-record.ts'

const PAGE = 4096
const SECTOR = 512
/** Of each sector so many bytes are in a record. */
const SHOWN = 15
/** A sector that nobody wrote. */
const UNTOUCHED = '--'
/** What our pages hold before: no record has it. */
const BLANK = 0xee

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** The disk of a run, as it was prepared: each sector begins with its own number. */
export class PreparedDisk implements BlockStore {
  readonly #sectors = new Map<number, Uint8Array>()

  #sector(n: number): Uint8Array {
    let sector = this.#sectors.get(n)
    if (!sector) {
      sector = new Uint8Array(SECTOR)
      sector.set(Buffer.from(`S${n.toString(16).padStart(14, '0')}`))
      this.#sectors.set(n, sector)
    }
    return sector
  }

  read(at: number, into: Uint8Array): void {
    for (let i = 0; i < into.length; i += SECTOR) into.set(this.#sector((at + i) / SECTOR), i)
  }

  write(at: number, from: Uint8Array): void {
    for (let i = 0; i < from.length; i += SECTOR) this.#sector((at + i) / SECTOR).set(from.subarray(i, i + SECTOR))
  }

  discard(at: number, length: number): void {
    for (let i = 0; i < length; i += SECTOR) this.#sector((at + i) / SECTOR).fill(0)
  }
}

/** The guest of a record: its pages, and which of them may be used how. */
class RecordedGuest implements Grants {
  readonly #record: BackendRecord
  readonly pages: Map<number, Uint8Array> = new Map()

  constructor(record: BackendRecord) {
    this.#record = record
    const { data, indirect, read_only, ring } = record.grants
    for (const gref of [0, 1, ring, ...data, ...indirect, ...read_only]) this.pages.set(gref, new Uint8Array(PAGE).fill(BLANK))
    for (const [gref, text] of Object.entries(record.indirect_pages)) {
      const page = new Uint8Array(PAGE)
      page.set(Buffer.from(text, 'hex'))
      this.pages.set(Number(gref), page)
    }
  }

  get(gref: number) {
    if (!this.pages.has(gref)) return undefined
    const { read_only } = this.#record.grants
    return { flags: read_only.includes(gref) ? 5 : 1, domid: 0 }
  }

  /** Puts into the pages that a request writes from what the record shows of them. */
  prepare(lines: readonly string[], grefs: ReadonlySet<number>): void {
    for (const line of lines) {
      const { gref, sectors } = this.#lineOf(line)
      if (!grefs.has(gref)) continue
      for (const [n, text] of sectors.entries()) if (text !== UNTOUCHED) this.pages.get(gref)!.set(shown(text), n * SECTOR)
    }
  }

  #lineOf(line: string): { gref: number; sectors: string[] } {
    const [name = '', ...sectors] = line.split(' ')
    return { gref: this.#record.grants.data[Number(name.slice(1))]!, sectors }
  }

  /** Lines of the record that its pages do not show. */
  differences(): string[] {
    return this.#record.data.flatMap((line) => {
      const { gref, sectors } = this.#lineOf(line)
      const ours = sectorsOf(this.pages.get(gref)!)
      return ours.join('|') === sectors.join('|')
        ? []
        : [`page of reference ${gref}: ${ours.join(' ')}, recorded ${sectors.join(' ')}`]
    })
  }
}

/** Of each sector what a record shows: its first bytes, what is no letter as a point. */
function sectorsOf(page: Uint8Array): string[] {
  return Array.from({ length: page.length / SECTOR }, (_, n) => {
    const bytes = page.subarray(n * SECTOR, n * SECTOR + SHOWN)
    if (bytes.every((byte) => byte === BLANK)) return UNTOUCHED
    return Array.from(bytes, (byte) => (byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
  })
}

const shown = (text: string) => Uint8Array.from(text, (c) => (c === '.' ? 0 : c.charCodeAt(0)))

/** A record at work: the ring as it was before, its guest, and the backend. */
class Replayed {
  readonly ring: SharedRing
  readonly guest: RecordedGuest
  readonly backend: Blkback
  readonly #record: BackendRecord
  readonly #differences: string[] = []
  /** Of the responses that the backend gave, those that came later than the record's. */
  #answered = 0

  constructor(record: BackendRecord, store: BlockStore) {
    const { frontend, before, after } = record
    this.#record = record
    this.ring = new SharedRing(abiOfProtocol(frontend.protocol)!, frontend.ring_pages)
    this.ring.init(0)
    this.ring.req_prod = before.req_prod
    this.ring.rsp_prod = before.rsp_prod
    this.ring.req_event = advance(before.req_prod, 1)
    // The frontend's own, which no backend writes.
    this.ring.rsp_event = after.rsp_event
    this.guest = new RecordedGuest(record)
    this.backend = this.#attach(store)
  }

  #attach(store: BlockStore): Blkback {
    const { backend, frontend } = this.#record
    const nodes = {
      frontend: new Map(Object.entries(frontend).map(([key, value]) => [key, String(value)])),
      backend: new Map(Object.entries(backend.xenstore)),
    }
    const { unit: unitOf, persistent } = ANSWERING_MODELS[backend.name]
    const unit = unitOf(sectorSizeOf(nodes) ?? BigInt(SECTOR))
    const disk = backendDisk(nodes, unit)
    const { pages } = this.guest
    return new Blkback(this.ring, {
      backend: backend.name,
      disk: { ...disk, persistent: persistent && disk.persistent },
      unit,
      store,
      data: pages,
      indirect: pages,
      grants: this.guest,
      order: (inFlight) => this.#asRecorded(inFlight),
    })
  }

  /** The record says in which order they were done. */
  #asRecorded(inFlight: readonly TakenByBackend[]): number {
    const next = this.#record.responses[this.#answered]
    return Math.max(
      0,
      inFlight.findIndex(({ request }) => request.id.toString(16) === next?.id),
    )
  }

  /** @returns what differs from the record */
  run(): string[] {
    const record = this.#record
    const { ring, guest } = this
    for (const { index, bytes } of record.requests) ring.bytes.set(Buffer.from(bytes, 'hex'), ring.offsetOf(index))
    const written = record.requests.map(({ index }) => takeRequest(ring, index, guest.pages))
    const sources = written.filter((request) => operationOf(request) !== BLKIF_OP_READ).flatMap(segmentsOf)
    guest.prepare(record.data, new Set(sources.map(({ gref }) => gref)))
    ring.req_prod = record.published
    const answers = this.#answers()
    this.#compareResponses(answers)
    for (let n = 0; n + 1 < record.disk.length; n += 2) this.#readAgain(record.disk[n]!, record.disk[n + 1]!)
    const part = notCompared(record)?.part
    if (part !== 'indices')
      for (const key of ['req_prod', 'req_event', 'rsp_prod', 'rsp_event'] as const)
        if (ring[key] !== record.after[key]) this.#differences.push(`${key} ${ring[key]}, recorded ${record.after[key]}`)
    return part === 'data' ? this.#differences : [...this.#differences, ...guest.differences()]
  }

  #answers(): BackendAnswer[] {
    const answers: BackendAnswer[] = []
    for (;;) {
      const more = [...this.backend.take()]
      this.#answered += more.length
      const answer = this.backend.complete()
      if (answer) {
        more.push(answer)
        this.#answered++
      }
      if (more.length === 0) return answers
      answers.push(...more)
    }
  }

  #compareResponses(answers: readonly BackendAnswer[]): void {
    const { responses, requests } = this.#record
    if (answers.length !== responses.length) this.#differences.push(`${answers.length} responses, recorded ${responses.length}`)
    for (const { index, bytes, changed } of responses) {
      const at = this.ring.offsetOf(index)
      const ours = this.ring.bytes.subarray(at, at + bytes.length / 2)
      if (hex(ours) !== bytes) this.#differences.push(`response ${index} is ${hex(ours)}, recorded ${bytes}`)
      const was = requests.find((request) => request.index === index)
      const before = was && Buffer.from(was.bytes, 'hex')
      const differing = before ? [...ours.keys()].filter((i) => ours[i] !== before[i]) : changed
      if (differing.join() !== changed.join())
        this.#differences.push(`bytes ${differing.join(' ')} of response ${index} changed, recorded ${changed.join(' ')}`)
    }
  }

  /** Reads a page of the disk through the ring, as the record did when it looked. */
  #readAgain(line: string, told: string): void {
    const { ring, guest } = this
    const [sector = '', , status] = told.split(' ')
    const gref = this.#record.grants.data.at(-1)!
    const page = guest.pages.get(gref)!
    const at = ring.offsetOf(ring.req_prod)
    const { rw, segment } = ring.wire
    ring.bytes.fill(0, at, at + ring.geometry.stride)
    ring.view.setUint8(at + rw.nr_segments, 1)
    ring.view.setBigUint64(at + rw.sector_number, BigInt(sector), true)
    ring.view.setUint32(at + rw.seg + segment.gref, gref, true)
    ring.view.setUint8(at + rw.seg + segment.last_sect, PAGE / SECTOR - 1)
    ring.req_prod = advance(ring.req_prod, 1)
    page.fill(BLANK)
    const [answer] = this.#answers()
    if (String(answer?.status) !== status)
      this.#differences.push(`reading sector ${sector} gave ${answer?.status}, recorded ${status}`)
    const ours = sectorsOf(page).join(' ')
    if (ours !== line && notCompared(this.#record)?.part !== 'data')
      this.#differences.push(`sector ${sector} is ${ours}, recorded ${line}`)
  }
}

/**
 * Does a case again.
 * @param disk that of the run, which earlier cases have written
 * @returns what differs from the record; nothing where all is equal
 */
export function replayBackendRecord(record: BackendRecord, disk: BlockStore): string[] {
  return new Replayed(record, disk).run()
}
