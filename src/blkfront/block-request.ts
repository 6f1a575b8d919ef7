// What the block layer hands to a driver: plain data.

/** Part of a Linux page: `[pfn, offset, length]`, offset and length in bytes. */
export type SgSegment = readonly [page: number, offset: number, length: number]

/** What the block layer can ask the driver for. */
export type BlockOp = 'read' | 'write' | 'flush' | 'discard' | 'secdiscard'

/** A request as the block layer hands it to the driver. */
export interface BlockRequest {
  /** Names the request in completions; unique among those outstanding. */
  readonly serial: number
  readonly op: BlockOp
  /** Forced unit access, writes only. */
  readonly fua: boolean
  /** The first sector, of 512 bytes. */
  readonly sector: bigint
  /** Sectors of a discard; reads and writes take their length from the segments. */
  readonly nrSectors: number
  readonly segments: readonly SgSegment[]
  /** The bios that the request is made of, in order, with how many of its segments; 0 of a discard. A flush has none. */
  readonly bios?: readonly (readonly [bio: number, segments: number])[]
  /** Which part of an I/O it is, where the block layer cut that into several requests. */
  readonly part?: RequestPart
}

/** Which part of an I/O a request is, where the block layer cut that into several. */
export interface RequestPart {
  /** Which of them it is, from 1, and how many there are. */
  readonly number: number
  readonly of: number
  /** Bytes of the whole I/O. */
  readonly bytes: number
  /** The limit at which this request ends; undefined of the last. */
  readonly endedBy: LimitName | undefined
}

/** The limit at which a request ends, as sysfs calls it. */
export type LimitName = 'max_segments' | 'max_hw_sectors' | 'max_sectors'

/** Which bio that was handed in again a request comes from, and which of that bio's requests it is. */
export interface RequestOrigin {
  readonly index: number
  readonly request: number
}
