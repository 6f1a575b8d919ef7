// An emulated driver's ring in the hands of an emulated backend.
import { Blkback, type BlkbackOptions } from '../blkback/blkback.ts'
import { GTF_permit_access } from '../codec/xen/grant-table.ts'
import type { Guest } from './driver-state.ts'
import type { Frontend } from './frontend.ts'

/** What a backend sees of an emulated guest: the pages that its grant table gives, and the table. Pages must have contents (`all`). */
export function grantedBy({ grantTable, memory }: Guest): Pick<BlkbackOptions, 'data' | 'indirect' | 'grants'> {
  const pages = {
    get(gref: number): Uint8Array | undefined {
      const gfn = grantTable.gfnOf(gref)
      return gfn === undefined ? undefined : memory.frame(gfn)
    },
  }
  const grant = { flags: GTF_permit_access, domid: 0 }
  return {
    data: pages,
    indirect: pages,
    grants: { get: (gref) => (grantTable.gfnOf(gref) === undefined ? undefined : grant) },
  }
}

/** Attaches a backend to a queue of an emulated driver. */
export function servedBy(
  { rings, guest }: Frontend,
  queue: number,
  options: Omit<BlkbackOptions, 'data' | 'indirect' | 'grants'>,
): Blkback {
  const ring = rings[queue]
  if (!ring) throw new RangeError(`the device has no queue ${queue}`)
  return new Blkback(ring, { ...options, ...grantedBy(guest) })
}
