// Moments for tests: those of real captures, and rings made for the purpose.

import { decodeRing } from '../../src/codec/ring/decode-ring.ts'
import { ringGeometry, slotOffset } from '../../src/codec/ring/geometry.ts'
import { advance, distance, slotOf } from '../../src/codec/ring/ring-idx.ts'
import { type Abi, x86_64 } from '../../src/codec/struct/abi.ts'
import { encodeOver } from '../../src/codec/struct/encode.ts'
import { blkifRequest, blkifRequestDiscard, blkifResponse } from '../../src/codec/xen/blkif.ts'
import { sringHeader } from '../../src/codec/xen/ring.ts'
import {
  type DeviceHistory,
  Devices,
  type Diagnosis,
  diagnoseHistory,
  type Moment,
  type PrivateIndices,
} from '../../src/doctor/index.ts'
import { type Snapshot, snapshotsOf } from '../../src/gather/moments.ts'
import { dumpsBelow, openInputNow } from '../../src/node/read/inputs.ts'

/** The diagnosis of each queue of the one device that the inputs are moments of. */
export function diagnoseInputs(inputs: readonly string[], interval?: number): Diagnosis[] {
  const [device, ...more] = devicesOf(inputs.flatMap(snapshots)).devices
  if (!device || more.length > 0) throw new Error(`${inputs.join(' ')}: ${more.length + (device ? 1 : 0)} devices`)
  return device.queues.map((history) => diagnoseHistory(history, interval))
}

/** Every moment of an input; what cannot be read is an error. */
export function loaded(input: string): Moment[] {
  return snapshots(input).flat()
}

/** The same, of all queues at a time. */
export function snapshots(input: string): Snapshot[] {
  const onError = (error: Error) => {
    throw error
  }
  return dumpsBelow(input, { onError }).flatMap((path) => {
    const opened = openInputNow({ name: input, place: 0, path }, { onError, indices: true })
    return [...snapshotsOf(opened, { abi: undefined, onError, onNote: () => {} }, () => {})]
  })
}

export function devicesOf(
  moments: readonly (Moment | readonly Moment[])[],
  known?: PrivateIndices,
): { devices: DeviceHistory[]; notes: readonly string[] } {
  const devices = new Devices()
  for (const moment of moments) devices.add(moment)
  return { devices: devices.finish(known), notes: devices.notes }
}

/** The one ring that the moments are of. */
export function diagnoseRing(moments: readonly Moment[], known?: PrivateIndices, interval?: number): Diagnosis {
  const { devices, notes } = devicesOf(moments, known)
  if (devices.length !== 1) throw new Error(notes.join('; '))
  return diagnoseHistory(devices[0]!.queues[0]!, interval)
}

export interface Indices {
  readonly req_prod: number
  readonly req_event: number
  readonly rsp_prod: number
  readonly rsp_event: number
}

export interface MadeRing {
  /** Added to every index. */
  readonly base?: number
  readonly pages?: number
  readonly abi?: Abi
  /** Indices, without the base, of requests that are discards instead of reads. */
  readonly discards?: readonly number[]
  /** Of the request at an index without the base; else the number of its slot. */
  readonly id?: (index: number, nr_ents: number) => bigint
  readonly status?: number
  readonly handle?: number
  readonly source?: string
  /** Changes the bytes at last. */
  readonly spoil?: (bytes: Uint8Array) => void
  readonly xenstore?: Moment['xenstore']
}

/** A ring on which request k reads sector 8k with one segment, and which was answered in order. */
export function made(indices: Indices, options: MadeRing = {}): Moment {
  const { base = 0, pages = 1, abi = x86_64, discards = [], status = 0, handle = 51712, source = 'made' } = options
  const geometry = ringGeometry(abi, pages)
  const { nr_ents } = geometry
  const bytes = new Uint8Array(geometry.bytes)
  const { req_prod, rsp_prod } = indices
  const all = Object.fromEntries(Object.entries(indices).map(([key, index]) => [key, advance(base, index)])) as unknown as Indices
  encodeOver(sringHeader, abi, all as never, bytes)
  const idOf = (index: number) => options.id?.(index, nr_ents) ?? BigInt(slotOf(index, nr_ents))
  // A ring of another base is full of older requests; they have the numbers that come before 0.
  const used = base === 0 ? Math.min(req_prod, nr_ents) : nr_ents
  for (let back = used; back >= 1; back--) {
    const index = req_prod - back
    const at = slotOffset(geometry, slotOf(index, nr_ents))
    const common = { handle, id: idOf(index), sector_number: BigInt.asUintN(40, BigInt(index) * 8n) }
    if (discards.includes(index))
      encodeOver(blkifRequestDiscard, abi, { operation: 5, flag: 0, ...common, nr_sectors: 8n }, bytes, at)
    else {
      const seg = Array.from({ length: 11 }, (_, i) => ({
        gref: i === 0 ? 100 + slotOf(index, nr_ents) : 0,
        first_sect: 0,
        last_sect: i === 0 ? 7 : 0,
      }))
      encodeOver(blkifRequest, abi, { operation: 0, nr_segments: 1, ...common, seg }, bytes, at)
    }
    const answered = back > distance(rsp_prod, req_prod)
    if (answered)
      encodeOver(blkifResponse, abi, { id: idOf(index), operation: discards.includes(index) ? 5 : 0, status }, bytes, at)
  }
  options.spoil?.(bytes)
  return momentOf(bytes, abi, source, options.xenstore)
}

export function momentOf(bytes: Uint8Array, abi: Abi, source = 'made', xenstore: Moment['xenstore'] = undefined): Moment {
  const ring = decodeRing(bytes, abi)
  const shown = { ring, bytes, indirectPages: new Map<number, Uint8Array>() }
  return { source, queue: undefined, sring: ring.sring, nr_ents: ring.geometry.nr_ents, shown, known: {}, xenstore }
}

/** Verdicts with how sure they are, the main one first: `idle certain`. */
export function verdictsOf({ verdicts }: Diagnosis): string[] {
  return verdicts.map((v) => `${v.verdict} ${v.sureness}`)
}
