import type { DiskRequest } from './disk-request.ts'
import type { RequestGroup } from './match-requests.ts'
import type { PlacedSlot, SideRing } from './model.ts'
import type { Piece } from './placement.ts'
import type { Renaming } from './renames.ts'

export interface ComparedGroup extends RequestGroup {
  /** Where the data lies; undefined where an indirect page is missing, or one side has no request. */
  readonly pieces: readonly Piece[] | undefined
}

export interface Renamings {
  readonly gref: Renaming<number>
  readonly id: Renaming<string>
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
