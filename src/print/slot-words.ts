// A slot in a few words.

import { idText } from '../codec/ring/id-text.ts'
import type { Request } from '../codec/ring/request.ts'
import type { ContinuationSlot, Slot, UnknownSlot } from '../codec/ring/ring.ts'
import { DEFAULT_SECTOR_UNIT, type SectorUnit } from '../codec/ring/sector-unit.ts'
import { BLKIF_DISCARD_SECURE } from '../codec/xen/blkif.ts'
import { opName, statusName } from '../codec/xen/operations.ts'
import { count } from './text.ts'

/** What sectors are, behind that word: nothing where they are those of blkif.h. */
export function unitText(unit: SectorUnit): string {
  return unit === DEFAULT_SECTOR_UNIT ? '' : ` of ${unit} bytes`
}

/** The unit of sectors as a fact for the head of a ring; none where it is 512 bytes. */
export function unitFacts(unit: SectorUnit): string[] {
  return unit === DEFAULT_SECTOR_UNIT ? [] : [`sectors${unitText(unit)}`]
}

/** `read`, `indirect write`, `secure discard`, `unknown 9`. */
export function opText(r: Request): string {
  if (r.kind === 'indirect') return `indirect ${opName(r.indirect_op)}`
  if (r.kind === 'discard') return r.flag & BLKIF_DISCARD_SECURE ? 'secure discard' : 'discard'
  return r.op === 'unknown' ? `unknown ${r.operation}` : r.op
}

/** `read of 11 sectors at 6001`. */
export function requestWords(r: Request): string {
  if (r.kind === 'other') return opText(r)
  if (r.kind === 'rw' && r.nr_segments === 0) return `${opText(r)} without data`
  const sectors = r.nr_sectors === null ? '' : ` of ${count(r.nr_sectors, 'sector')}`
  return `${opText(r)}${sectors} at ${r.sector_number}`
}

/** What the indices say of a slot that is not there. */
const HELD: Readonly<Record<Exclude<UnknownSlot['holds'], 'unknown'>, string>> = {
  request: 'a request, ',
  response: 'a response, ',
  unused: 'not used yet, ',
}

/** `more segments of the request in slot 3`. */
function continuationWords({ holds, of }: ContinuationSlot): string {
  if (holds === 'request')
    return `more segments of ${of === undefined ? 'a request beneath responses' : `the request in slot ${of}`}`
  return of === undefined ? 'taken by a response before it' : `taken by the response in slot ${of}`
}

/** What a slot holds in a phrase, with the id and, of a response, the status. */
export function slotPhrase(slot: Slot): string {
  switch (slot.state) {
    case 'unused':
      return 'not used yet'
    case 'continuation':
      return continuationWords(slot)
    case 'cleared':
      return 'response taken, slot cleared'
    case 'unknown':
      return slot.holds === 'unknown' ? 'what it holds is not known' : `${HELD[slot.holds]}not in the input`
    case 'request':
      return `${requestWords(slot.request)}, id ${idText(slot.request.id)}`
    case 'response': {
      const { op, operation, id, status } = slot.response
      const name = statusName(status)
      const to = op === 'unknown' ? `operation ${operation}` : op
      return `response to ${to}, id ${idText(id)}, ${name === undefined ? `status ${status}` : name}`
    }
  }
}
