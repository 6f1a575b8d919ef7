// Rings into a `Statistics`, by way of columns: one ring of a dump folder, or many of a stream at a time.
import { diskOf } from '../check/disk.ts'
import { Batch } from '../codec/batch/batch.ts'
import { findingCounter } from '../codec/batch/count-findings.ts'
import { batchJudge } from '../codec/batch/judge-batch.ts'
import { readBatch } from '../codec/batch/read-batch.ts'
import { resolveIndirect } from '../codec/batch/resolve-batch.ts'
import { plausibleShare, scoreRing } from '../codec/batch/score.ts'
import { ringGeometry, slotsWithin } from '../codec/ring/geometry.ts'
import { type Abi, x86_32, x86_64 } from '../codec/struct/abi.ts'
import { protocolOfAbi } from '../codec/xen/protocols.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { decodeDump } from '../dump/decode-dump.ts'
import type { RingDump } from '../dump/ring-dump.ts'
import type { RingChunk } from '../dump/ring-stream.ts'
import type { RingTrack } from '../stats/ring-track.ts'
import { Statistics } from '../stats/statistics.ts'
import type { Where } from '../where/where.ts'

/** Rings of a stream that are read at a time. */
const CAPACITY = 64

export interface StatsRingsOptions {
  readonly abi: Abi | undefined
  /** Only slots of which it holds. */
  readonly where: Where | undefined
}

/** What a ring is called, and which snapshots are one ring's. */
export interface RingName {
  readonly source: string
  readonly queue: number | undefined
  /** Alike for the snapshots of one ring. */
  readonly key: string
}

/** One layout's columns, and what works on them. */
interface Reading {
  readonly abi: Abi
  readonly batch: Batch
  readonly judge: ReturnType<typeof batchJudge>
  readonly countFindings: ReturnType<typeof findingCounter>
}

export class StatsRings {
  readonly stats = new Statistics()
  findings = 0
  /** The greatest size of the disks that XenStore names; undefined where one is not known. */
  diskSectors: bigint | undefined
  readonly #options: StatsRingsOptions
  readonly #readings = new Map<string, Reading>()
  readonly #tracks = new Map<string, RingTrack>()
  #unknownDisk = false

  constructor(options: StatsRingsOptions) {
    this.#options = options
  }

  /** @param ring number of the snapshot, for --where */
  dump(dump: RingDump, name: RingName, ring: number): void {
    const { bytes, cut, queue, snapshot } = dump
    const { protocol, findings } = decodeDump(dump, this.#options.abi)
    this.findings += findings.length
    this.#noteDisk(dump)
    const reading = this.#reading(protocol.abi, bytes.length, 1)
    const { batch } = reading
    readBatch(batch, bytes)
    // The rows of a ring that was cut off are fewer than its indices say. As long as rows are in slot order from 0 on.
    if (cut !== undefined) batch.rowsAt[1] = Math.min(batch.rows, slotsWithin(batch.geometry, cut))
    resolveIndirect(batch, 0, dump.indirectPages)
    reading.judge()
    this.#add(this.#track(name, reading), reading, 0, snapshot, { ring, queue }, protocol.protocol)
  }

  /** Rings laid end to end. @param ring number of the first snapshot, for --where */
  chunk({ bytes, rings, first }: RingChunk, name: RingName, ring: number): void {
    const { abi } = this.#options
    this.#unknownDisk = true
    this.diskSectors = undefined
    const size = bytes.length / rings
    const wide = this.#read(abi ?? x86_64, bytes, size)
    const track = this.#track(name, wide)
    let narrow: Reading | undefined
    for (let i = 0; i < rings; i++) {
      let reading = wide
      if (!abi) {
        // As `guessAbi`: the narrow layout must read better. What reads well throughout cannot be bettered.
        const share = plausibleShare(scoreRing(wide.batch, i))
        if (share < 1) {
          narrow ??= this.#read(x86_32, bytes, size)
          if (plausibleShare(scoreRing(narrow.batch, i)) > share) reading = narrow
        }
      }
      reading.judge(i)
      this.findings += reading.countFindings(i, bytes)
      this.#add(track, reading, i, first + i, { ring: ring + i, queue: undefined }, protocolOfAbi(reading.abi))
    }
  }

  /** Behind the last ring. */
  end(): void {
    for (const track of this.#tracks.values()) track.end()
  }

  #add(
    track: RingTrack,
    { batch }: Reading,
    i: number,
    snapshot: number,
    place: { ring: number; queue: number | undefined },
    protocol: string,
  ): void {
    const { where } = this.#options
    track.protocols.add(protocol)
    // Files of one ring that are named one by one all say that they are the first.
    const at = Math.max(snapshot, track.last + 1)
    this.stats.add(track, batch, i, at, where && ((row) => where.row(batch, row, place)))
  }

  #track({ source, queue, key }: RingName, { batch: { geometry } }: Reading): RingTrack {
    const own = `${geometry.pages} ${key}`
    let track = this.#tracks.get(own)
    if (!track) {
      track = this.stats.track({ source, queue }, geometry)
      this.#tracks.set(own, track)
    }
    return track
  }

  #read(abi: Abi, bytes: Uint8Array, size: number): Reading {
    const reading = this.#reading(abi, size, CAPACITY)
    readBatch(reading.batch, bytes)
    return reading
  }

  #reading(abi: Abi, size: number, capacity: number): Reading {
    const key = `${abi.name} ${size} ${capacity}`
    let reading = this.#readings.get(key)
    if (!reading) {
      const batch = new Batch(ringGeometry(abi, size / XEN_PAGE_SIZE), capacity)
      reading = { abi, batch, judge: batchJudge(batch), countFindings: findingCounter(batch) }
      this.#readings.set(key, reading)
    }
    return reading
  }

  #noteDisk({ xenstore }: RingDump): void {
    const sectors = xenstore && diskOf(xenstore).sectors
    if (!sectors) this.#unknownDisk = true
    if (this.#unknownDisk || !sectors) this.diskSectors = undefined
    else if (this.diskSectors === undefined || sectors > this.diskSectors) this.diskSectors = sectors
  }
}
