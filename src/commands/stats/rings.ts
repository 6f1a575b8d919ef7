// Rings into a `Statistics`, by way of columns: one ring of a dump folder, or many of a stream at a time.

import type { Capture } from '../../capture/capture.ts'
import { CaptureBatch } from '../../capture/capture-batch.ts'
import { decodeCapture, unitOfStream } from '../../capture/decode-capture.ts'
import type { Batch } from '../../codec/batch/batch.ts'
import { GuessingReader } from '../../codec/batch/guessing-reader.ts'
import { type SectorUnit, smallSectors } from '../../codec/ring/sector-unit.ts'
import { protocolOfAbi } from '../../codec/xen/protocols.ts'
import type { InputOptions } from '../../inputs/open-options.ts'
import { bytesAtATime, isDump, type RingChunk, type RingPiece } from '../../inputs/ring-stream.ts'
import type { Where } from '../../rows/where/where.ts'
import type { RingTrack } from '../../stats/ring-track.ts'
import { Statistics } from '../../stats/statistics.ts'
import { diskOf } from '../../xenstore/disk.ts'

/** Rings of a stream that are read at a time. */
const CAPACITY = 64

export interface StatsRingsOptions extends Pick<InputOptions, 'abi' | 'sectorUnit'> {
  /** The test that slots must pass to be counted. */
  readonly where: Where | undefined
}

/** What a ring is called, and which snapshots are one ring's. */
export interface RingName {
  readonly source: string
  readonly queue: number | undefined
  /** Alike for the snapshots of one ring. */
  readonly key: string
}

export class StatsRings {
  readonly stats = new Statistics()
  findings = 0
  /** The greatest size of the disks that XenStore names; undefined where one is not known. */
  diskSectors: bigint | undefined
  readonly #options: StatsRingsOptions
  readonly #batch = new CaptureBatch()
  /** Readers by the bytes of a ring. */
  readonly #readers = new Map<number, GuessingReader>()
  readonly #tracks = new Map<string, RingTrack>()
  #unknownDisk = false

  constructor(options: StatsRingsOptions) {
    this.#options = options
  }

  /** @param ring number of the first snapshot, for --where @throws DumpError where they cannot be read as asked */
  add(piece: RingPiece, name: RingName, ring: number): void {
    if (isDump(piece)) this.#dump(piece, name, ring)
    else this.#chunk(piece, name, ring)
  }

  /** Where rings of a stream are best read to. @param ring bytes of one */
  room(ring: number, source: string): Uint8Array | undefined {
    // The unit of a disk is not known of a stream: it is said when the rings are there.
    return this.#options.sectorUnit === 'disk' ? undefined : this.#readerOf(ring, source).input.subarray(0, bytesAtATime(ring))
  }

  #dump(dump: Capture, name: RingName, ring: number): void {
    const { queue, snapshot } = dump
    const { ring: decoded, protocol, findings } = decodeCapture(dump, this.#options.abi, this.#options.sectorUnit)
    this.findings += findings.length
    this.#noteDisk(dump, decoded.sectorUnit)
    if (decoded.indices === 'unknown') return
    const batch = this.#batch.read(dump, decoded)
    this.#add(this.#track(name, batch), batch, 0, snapshot, { snapshot: ring, queue }, protocol.protocol)
  }

  /** Rings laid end to end. */
  #chunk({ bytes, rings, first }: RingChunk, name: RingName, ring: number): void {
    this.#unknownDisk = true
    this.diskSectors = undefined
    this.#readerOf(bytes.length / rings, name.source).read(bytes, (batch, i, findings) => {
      this.findings += findings
      const place = { snapshot: ring + i, queue: undefined }
      this.#add(this.#track(name, batch), batch, i, first + i, place, protocolOfAbi(batch.geometry.abi))
    })
  }

  /** Ends the sums, behind the last ring. */
  end(): void {
    for (const track of this.#tracks.values()) track.end()
  }

  #add(
    track: RingTrack,
    batch: Batch,
    i: number,
    snapshot: number,
    place: { snapshot: number; queue: number | undefined },
    protocol: string,
  ): void {
    const { where } = this.#options
    track.protocols.add(protocol)
    // Files of one ring that are named one by one all say that they are the first.
    const at = Math.max(snapshot, track.last + 1)
    this.stats.add(track, batch, i, at, where && ((row) => where.row(batch, row, place)))
  }

  #track({ source, queue, key }: RingName, { geometry }: Batch): RingTrack {
    const own = `${geometry.pages} ${key}`
    let track = this.#tracks.get(own)
    if (!track) {
      track = this.stats.track({ source, queue }, geometry)
      this.#tracks.set(own, track)
    }
    return track
  }

  #readerOf(size: number, source: string): GuessingReader {
    let reader = this.#readers.get(size)
    if (!reader) {
      reader = new GuessingReader(this.#options.abi, size, CAPACITY, unitOfStream(source, this.#options.sectorUnit))
      this.#readers.set(size, reader)
    }
    return reader
  }

  #noteDisk({ xenstore }: Capture, unit: SectorUnit): void {
    const own = xenstore && diskOf(xenstore, unit).sectors
    const sectors = own && own * BigInt(smallSectors(unit))
    if (!sectors) this.#unknownDisk = true
    if (this.#unknownDisk || !sectors) this.diskSectors = undefined
    else if (this.diskSectors === undefined || sectors > this.diskSectors) this.diskSectors = sectors
  }
}
