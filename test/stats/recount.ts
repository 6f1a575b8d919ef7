// The figures of rings, counted the slow way: from the objects that `decodeRing` makes.

import type { RequestSlot, ResponseSlot, Ring } from '../../src/codec/ring/ring.ts'
import { MAX_INDIRECT_SEGMENTS } from '../../src/codec/xen/blkif.ts'
import { type OpName, opName } from '../../src/codec/xen/operations.ts'

type Counts = Record<string, number>

export interface Recount {
  slots: { request: number; response: number; cleared: number; unknown: number }
  requests: number
  responses: number
  /** By `direct read`, `indirect write` and so on. */
  kinds: Counts
  /** By operation. */
  bytes: Record<string, bigint>
  /** By direction and upper bound. */
  sizes: Counts
  /** By kind and nr_segments. */
  segments: Counts
  statuses: Counts
  unresolved: { requests: number; mostBytes: bigint }
  depths: number[]
}

const WAYS: Partial<Record<OpName, string>> = {
  read: 'read',
  write: 'write',
  barrier: 'write',
  flush: 'write',
  discard: 'discard',
}

/** @param rings of one queue in order */
export function recount(rings: readonly Ring[]): Recount {
  const all: Recount = {
    slots: { request: 0, response: 0, cleared: 0, unknown: 0 },
    requests: 0,
    responses: 0,
    kinds: {},
    bytes: {},
    sizes: {},
    segments: {},
    statuses: {},
    unresolved: { requests: 0, mostBytes: 0n },
    depths: [],
  }
  let before = new Set<string>()
  for (const ring of rings) {
    if (ring.outstanding <= ring.geometry.nr_ents) all.depths.push(ring.outstanding)
    const now = new Set<string>()
    for (const slot of ring.slots) {
      if (slot.state === 'unused' || slot.state === 'continuation') continue
      all.slots[slot.state]++
      if (slot.state !== 'request' && slot.state !== 'response') continue
      const key = keyOf(slot)
      now.add(key)
      if (!before.has(key)) countNew(all, slot)
    }
    before = now
  }
  return all
}

function keyOf(slot: RequestSlot | ResponseSlot): string {
  if (slot.state === 'response') return `rsp ${slot.index} ${slot.response.id} ${slot.response.operation} ${slot.response.status}`
  const r = slot.request
  const size =
    r.kind === 'indirect'
      ? r.nr_segments
      : r.kind === 'rw'
        ? `${r.nr_segments} ${r.nr_sectors}`
        : r.kind === 'discard'
          ? r.nr_sectors
          : ''
  return `req ${slot.index} ${r.id} ${r.operation} ${r.sector_number} ${size}`
}

function countNew(all: Recount, slot: RequestSlot | ResponseSlot): void {
  const add = (counts: Counts, key: string | number) => {
    counts[key] = (counts[key] ?? 0) + 1
  }
  if (slot.state === 'response') {
    all.responses++
    add(all.statuses, slot.response.status)
    return
  }
  const r = slot.request
  all.requests++
  const isIndirect = r.kind === 'indirect'
  const inner: OpName = isIndirect ? (r.indirect_op <= 1 ? opName(r.indirect_op) : 'indirect') : r.op
  add(all.kinds, `${isIndirect ? 'indirect' : 'direct'} ${inner}`)
  if (r.kind === 'rw' || isIndirect) add(all.segments, `${isIndirect ? 'indirect' : 'direct'} ${r.nr_segments}`)
  if (isIndirect && r.nr_sectors === null) {
    all.unresolved.requests++
    all.unresolved.mostBytes += BigInt(Math.min(r.nr_segments, MAX_INDIRECT_SEGMENTS)) * 4096n
    return
  }
  const way = WAYS[inner]
  if (way === undefined || r.kind === 'other') return
  if (r.kind === 'rw' && r.nr_segments === 0 && r.op !== 'read' && r.op !== 'write') return
  const bytes = BigInt(r.nr_sectors!) * 512n
  all.bytes[inner] = (all.bytes[inner] ?? 0n) + bytes
  let upTo = bytes === 0n ? 0n : 512n
  while (upTo < bytes) upTo *= 2n
  add(all.sizes, `${way} ${upTo}`)
}

/** For how many snapshots in a row requests are in flight that are so in two at least, the longest first. */
export function flightLengths(rings: readonly Ring[]): number[] {
  const open = new Map<number, { key: string; index: number; length: number; isOver: boolean }>()
  const lengths: number[] = []
  const close = (slot: number) => {
    const flight = open.get(slot)
    if (flight && flight.length > 1) lengths.push(flight.length)
    open.delete(slot)
  }
  let before = new Set<string>()
  for (const ring of rings) {
    const now = new Set<string>()
    for (const slot of ring.slots) {
      const flight = open.get(slot.slot)
      let goesOn = false
      if (slot.state === 'request') {
        const key = keyOf(slot)
        now.add(key)
        if (!before.has(key) || flight?.key !== key) {
          close(slot.slot)
          const isOver = slot.answered === 'yes'
          open.set(slot.slot, { key, index: slot.index, length: isOver ? 0 : 1, isOver })
          continue
        }
        goesOn = slot.answered !== 'yes'
      } else if (slot.state === 'response') goesOn = slot.beneathOutstanding === 'yes' && flight?.index === slot.index
      if (!flight) continue
      if (!goesOn) flight.isOver = true
      if (!flight.isOver) flight.length++
    }
    before = now
  }
  for (const slot of open.keys()) close(slot)
  return lengths.sort((a, b) => b - a)
}
