// The ring as a picture: of each slot what it is, and where the four shared indices point.
import type { Finding } from '../codec/ring/finding.ts'
import type { Ring, Slot } from '../codec/ring/ring.ts'
import { advance, inWindow, slotOf } from '../codec/ring/ring-idx.ts'
import type { SringHeader } from '../codec/ring/wire.ts'
import { BLKIF_RSP_OKAY } from '../codec/xen/blkif.ts'
import { type OpName, opName } from '../codec/xen/operations.ts'
import type { RingView } from './view.ts'

/** `answered` and `maybe-answered`: requests in [rsp_prod, req_prod) to which a response is, or may be, on the ring. */
export type SlotMark =
  | 'in-flight'
  | 'answered'
  | 'maybe-answered'
  | 'response'
  | 'error'
  | 'continuation'
  | 'cleared'
  | 'unknown'
  | 'unused'

/** A slot in the picture of a ring. */
export interface PictureSlot {
  readonly slot: Slot
  readonly mark: SlotMark
  /** Of an indirect request, and of any response, the operation that is carried out; undefined where the slot says none. */
  readonly op: OpName | undefined
  /** Its segments are in pages of their own. What a response answered is not known. */
  readonly indirect: boolean
  readonly finding: boolean
}

/** One of the shared indices, and the slot that it falls on. */
export interface Position {
  readonly name: keyof SringHeader
  readonly index: number
  readonly slot: number
  /**
   * `here`: the slot holds this index. `next`: the slot will hold it when the ring comes around to it. `off`: neither; no
   * sound ring has its indices so far apart.
   */
  readonly where: IndexPlace
}

/** Where a free-running index is: on the ring (`here`), where the next lap will have it (`next`), or neither (`off`). */
export type IndexPlace = 'here' | 'next' | 'off'

/** A ring as a picture: what each slot is, and where the four indices point. */
export interface Picture {
  /** The slots by their number. */
  readonly slots: readonly PictureSlot[]
  /** The indices by the slot that they fall on. */
  readonly positions: readonly Position[]
}

/** Draws the picture of a ring, as values. */
export function pictureOf({ ring, findings }: RingView): Picture {
  const bad = new Set(findings.map((f: Finding) => f.slot))
  const names = (['rsp_prod', 'rsp_event', 'req_prod', 'req_event'] as const).filter((name) => !ring.missing.indices.includes(name))
  const positions = names.map((name) => positionOf(ring, name, ring.sring[name]))
  return {
    slots: ring.slots.map((slot) => pictureSlot(slot, bad.has(slot.slot))),
    positions: positions.sort((a, b) => a.slot - b.slot),
  }
}

/**
 * Draws one slot.
 * @param finding whether a finding names the slot
 */
export function pictureSlot(slot: Slot, finding: boolean): PictureSlot {
  return { slot, mark: markOf(slot), ...doing(slot), finding }
}

function positionOf({ geometry, sring, slots }: Ring, name: keyof SringHeader, index: number): Position {
  return { name, index, slot: slotOf(index, geometry.nr_ents), where: placeOfIndex({ geometry, sring, slots }, index) }
}

/** Whether a free-running index is on the ring now. */
export function placeOfIndex({ geometry, sring, slots }: Pick<Ring, 'geometry' | 'sring' | 'slots'>, index: number): IndexPlace {
  const slot = slots[slotOf(index, geometry.nr_ents)]!
  if (slot.index === index && slot.state !== 'unused') return 'here'
  // An event may lie one step behind the last index that the ring can take.
  return inWindow(index, sring.req_prod, advance(sring.req_prod, geometry.nr_ents + 1)) ? 'next' : 'off'
}

function markOf(slot: Slot): SlotMark {
  switch (slot.state) {
    case 'continuation':
    case 'unused':
    case 'cleared':
    case 'unknown':
      return slot.state
    case 'response':
      return slot.response.status === BLKIF_RSP_OKAY ? 'response' : 'error'
    case 'request':
      return slot.answered === 'yes' ? 'answered' : slot.answered === 'maybe' ? 'maybe-answered' : 'in-flight'
  }
}

function doing(slot: Slot): { readonly op: OpName | undefined; readonly indirect: boolean } {
  switch (slot.state) {
    case 'continuation':
    case 'unused':
    case 'cleared':
    case 'unknown':
      return { op: undefined, indirect: false }
    case 'response':
      return { op: slot.response.op, indirect: false }
    case 'request': {
      const { request } = slot
      return request.kind === 'indirect' ? { op: opName(request.indirect_op), indirect: true } : { op: request.op, indirect: false }
    }
  }
}
