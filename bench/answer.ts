// Requests a second that an emulated backend answers from a raw image in the page cache, and what it leaves on the heap.
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { NOTHING_KNOWN } from '../src/blkback/asked.ts'
import { type AnsweringBackend, Blkback } from '../src/blkback/blkback.ts'
import { advance } from '../src/codec/ring/ring-idx.ts'
import { SharedRing } from '../src/codec/ring/shared-ring.ts'
import { x86_64 } from '../src/codec/struct/abi.ts'
import { BLKIF_OP_READ, BLKIF_OP_WRITE } from '../src/codec/xen/blkif.ts'
import { FileDisk } from '../src/node/disk/file-disk.ts'

const PAGE = 4096
const BATCH = 16
const GREFS = 64

export type Pattern = 'sequential' | 'random'

export interface AnswerFigures {
  /** Of CPU time, user and system. */
  readonly requestsPerSecond: number
  /** Of the heap and of array buffers, from the first quarter of the run to its end. */
  readonly heapGrowthBytes: number
}

/** Has requests of one page answered, reads or writes, in batches of 16. @param bytes of the image */
export function measureAnswers(
  image: string,
  bytes: number,
  { backend, write, pattern, requests }: { backend: AnsweringBackend; write: boolean; pattern: Pattern; requests: number },
): AnswerFigures {
  const disk = new FileDisk(image, image, 'r+')
  try {
    const ring = new SharedRing(x86_64, 1)
    ring.init(0)
    const pages = Array.from({ length: GREFS }, (_, n) => new Uint8Array(PAGE).fill(n))
    const backing = new Blkback(ring, {
      backend,
      unit: 512n,
      disk: { ...NOTHING_KNOWN, sectors: BigInt(bytes / 512), sectorSize: 512n },
      store: disk,
      data: { get: (gref) => pages[gref] },
      indirect: new Map(),
      grants: { get: () => ({ flags: 1, domid: 0 }) },
    })
    const put = requestsOf(ring, write, pattern, bytes / PAGE)
    const carry = (count: number) => {
      for (let done = 0; done < count; done += BATCH) {
        for (let i = 0; i < BATCH; i++) put()
        ring.req_prod = advance(ring.req_prod, BATCH)
        backing.take()
        while (backing.complete());
      }
    }
    carry(requests / 4)
    const heap = usedBytes()
    const before = process.cpuUsage()
    carry(requests)
    disk.flush()
    const { user, system } = process.cpuUsage(before)
    return { requestsPerSecond: Math.round(requests / ((user + system) / 1e6)), heapGrowthBytes: usedBytes() - heap }
  } finally {
    disk.close()
  }
}

/** The same with the system calls alone, one a request. @returns requests a second of CPU time */
export function measureCalls(image: string, bytes: number, write: boolean, pattern: Pattern, requests: number): number {
  const fd = openSync(image, 'r+')
  try {
    const page = new Uint8Array(PAGE)
    const carry = (count: number) => {
      for (let n = 0; n < count; n++) {
        const at = pageOf(n, pattern, bytes / PAGE) * PAGE
        if (write) writeSync(fd, page, 0, PAGE, at)
        else readSync(fd, page, 0, PAGE, at)
      }
    }
    carry(requests / 4)
    const before = process.cpuUsage()
    carry(requests)
    const { user, system } = process.cpuUsage(before)
    return Math.round(requests / ((user + system) / 1e6))
  } finally {
    closeSync(fd)
  }
}

function pageOf(n: number, pattern: Pattern, pages: number): number {
  return (pattern === 'sequential' ? n : Math.imul(n, 0x9e3779b1) >>> 0) % pages
}

/** Writes the next request, as a frontend does: its fields, one segment of a whole page. */
function requestsOf(ring: SharedRing, write: boolean, pattern: Pattern, pages: number): () => void {
  const { view, wire } = ring
  let n = 0
  return () => {
    const at = ring.offsetOf(n)
    const page = pageOf(n, pattern, pages)
    view.setUint8(at + wire.rw.operation, write ? BLKIF_OP_WRITE : BLKIF_OP_READ)
    view.setUint8(at + wire.rw.nr_segments, 1)
    view.setBigUint64(at + wire.rw.id, BigInt(n % 32), true)
    view.setBigUint64(at + wire.rw.sector_number, BigInt(page * 8), true)
    view.setUint32(at + wire.rw.seg + wire.segment.gref, n % GREFS, true)
    view.setUint8(at + wire.rw.seg + wire.segment.first_sect, 0)
    view.setUint8(at + wire.rw.seg + wire.segment.last_sect, 7)
    n++
  }
}

function usedBytes(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
