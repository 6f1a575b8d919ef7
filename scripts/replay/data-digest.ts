// Digests of data where the vectors look at it: at its source, through the grants, and where it arrived.
import { ChunkList, cutIntoChunks, type Emulator, type SgSegment, type TakenRequest } from '../../src/blkfront/index.ts'
import { SECTOR_SIZE } from '../../src/codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../../src/codec/xen/ring.ts'
import { Fnv } from './fnv.ts'

const scratch = new Uint8Array(XEN_PAGE_SIZE)

/** What a write's pages hold when it is submitted. */
export function digestOfSource(segments: readonly SgSegment[], emulator: Emulator): string {
  const { data } = emulator.frontend.guest.memory
  return digestOfChunks(segments, (chunks, k) => {
    const bytes = scratch.subarray(0, chunks.length[k])
    data.write(chunks.page[k]!, chunks.offset[k]!, bytes)
    return bytes
  })
}

/** What a read's pages hold when it is completed. */
export function digestOfData(segments: readonly SgSegment[], emulator: Emulator): string {
  const { memory } = emulator.frontend.guest
  return digestOfChunks(segments, (chunks, k) => {
    const frame = memory.frame(memory.gfnOf(chunks.page[k]!, chunks.chunkInPage(k)))
    const at = chunks.offsetInChunk(k)
    return frame?.subarray(at, at + chunks.length[k]!)
  })
}

/** What the backend sees of a request's data through its grants. */
export function digestOfGrants(request: TakenRequest, emulator: Emulator): string {
  const { grantTable, memory } = emulator.frontend.guest
  const fnv = new Fnv()
  for (let i = 0; i < request.grefs.length; i++) {
    const gfn = grantTable.gfnOf(request.grefs[i]!)
    const frame = gfn === undefined ? undefined : memory.frame(gfn)
    if (frame) fnv.add(frame.subarray(request.first_sect[i]! * SECTOR_SIZE, (request.last_sect[i]! + 1) * SECTOR_SIZE))
  }
  return fnv.digest()
}

function digestOfChunks(segments: readonly SgSegment[], bytesOf: (chunks: ChunkList, k: number) => Uint8Array | undefined): string {
  const chunks = new ChunkList()
  cutIntoChunks(segments, chunks)
  const fnv = new Fnv()
  for (let k = 0; k < chunks.count; k++) {
    const bytes = bytesOf(chunks, k)
    if (bytes) fnv.add(bytes)
  }
  return fnv.digest()
}
