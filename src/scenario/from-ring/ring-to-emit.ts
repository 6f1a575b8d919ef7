// A ring with what Linux's own takes over from it: names, and bytes that no driver writes.

import type { IndirectPages } from '../../codec/ring/indirect-pages.ts'
import { segmentsOf } from '../../codec/ring/request.ts'
import type { Ring } from '../../codec/ring/ring.ts'
import type { XenstoreNodes } from '../../xenstore/nodes.ts'
import { ringRefs } from '../../xenstore/queues.ts'

export interface RingToEmit {
  readonly ring: Ring
  /** All of its bytes. */
  readonly bytes: Uint8Array
  readonly indirectPages: IndirectPages
  readonly xenstore: XenstoreNodes | undefined
  /** Whether pages of its guest may be larger than 4 KiB. */
  readonly mayHaveLargePages: boolean
  /** References of its pages; empty where nobody says them. */
  readonly ringGrefs: readonly number[]
  /** Every name that its requests have. */
  readonly names: { readonly grefs: ReadonlySet<number>; readonly ids: ReadonlySet<number> }
}

/** @param queue the device's queue that it belongs to */
export function ringToEmit(
  ring: Ring,
  beside: Pick<RingToEmit, 'bytes' | 'indirectPages' | 'xenstore' | 'mayHaveLargePages'> & { readonly queue: number | undefined },
): RingToEmit {
  const { xenstore, queue, ...rest } = beside
  const named = (xenstore && ringRefs(xenstore)[queue ?? 0]) ?? []
  const ringGrefs = named.length === ring.geometry.pages && named.every(Number.isInteger) ? named : []
  const grefs = new Set(ringGrefs)
  const ids = new Set<number>()
  for (const slot of ring.slots) {
    if (slot.state !== 'request') continue
    const { request } = slot
    ids.add(Number(request.id))
    for (const { gref } of segmentsOf(request)) grefs.add(gref)
    if (request.kind === 'indirect') for (const gref of request.indirect_grefs) grefs.add(gref)
  }
  return { ...rest, ring, xenstore, ringGrefs, names: { grefs, ids } }
}
