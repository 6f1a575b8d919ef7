import type { DiskRequest } from './disk-request.ts'
import type { RequestGroup } from './match-requests.ts'
import type { PlacedSlot, SideRing, Unknown } from './model.ts'
import { type Piece, piecesOf } from './placement.ts'
import type { Renaming } from './renames.ts'

/** Where the data of a group lies on either side, piece by piece; undefined where an indirect page is missing. */
export function piecesOfGroup({ a, b }: RequestGroup): Iterable<Piece> | undefined {
  return [...a, ...b].every(({ known }) => known) ? piecesOf(a, b) : undefined
}

export interface Renamings {
  readonly gref: Renaming<number>
  readonly id: Renaming<string>
  /** Pages that were not compared once more, over the whole comparison. */
  readonly passedOver: Unknown[]
}

/** An id is its queue's own. */
export function idName({ id, slots }: DiskRequest): string | undefined {
  const { queue } = slots[0]!
  return id === undefined || queue === undefined ? id?.toString() : `${queue}:${id}`
}

/** The ring of a device that a slot is of. */
export function ringOf(rings: readonly SideRing[], { queue }: PlacedSlot): SideRing {
  return rings.find((ring) => ring.queue === queue)!
}
