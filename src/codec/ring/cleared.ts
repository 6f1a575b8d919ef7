// Slots that a frontend recycled once it had taken the response. Windows xenvbd zeroes the whole slot, in the loop that moves
// rsp_cons; OpenBSD xbf zeroes it and sets the id of the request to come to the slot's number.
import type { Abi } from '../struct/abi.ts'
import { fieldOf, layoutOf } from '../struct/layout.ts'
import { blkifRequest, blkifSringEntry } from '../xen/blkif.ts'

const places = new Map<Abi, { readonly id: number; readonly idSize: number; readonly size: number }>()

/**
 * Whether the bytes of a slot say that it was recycled: all are 0, or all but the id of a request, which is the slot's number.
 * A response over a request reads so only if the request named no sector, no segment and nothing else.
 * @param at where the slot begins
 */
export function isCleared(bytes: Uint8Array, abi: Abi, at: number, slot: number): boolean {
  const { id, idSize, size } = placeOf(abi)
  let own = 0
  for (let i = size - 1; i >= 0; i--) {
    const byte = bytes[at + i]!
    if (byte === 0) continue
    if (i < id || i >= id + idSize) return false
    own += byte * 2 ** (8 * (i - id))
  }
  return own === 0 || own === slot
}

function placeOf(abi: Abi) {
  let place = places.get(abi)
  if (!place) {
    const { offset, size } = fieldOf(layoutOf(blkifRequest, abi), 'id')
    place = { id: offset, idSize: size, size: layoutOf(blkifSringEntry, abi).size }
    places.set(abi, place)
  }
  return place
}
