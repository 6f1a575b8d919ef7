// A request gets segments of whole pages that no other names.
import { encodeOver } from '../../codec/struct/encode.ts'
import { fieldOf, layoutOf, sizeOf } from '../../codec/struct/layout.ts'
import { blkifRequest, blkifRequestSegment, SECTORS_PER_XEN_PAGE } from '../../codec/xen/blkif.ts'
import type { Draft } from '../draft.ts'
import type { MutableRing } from '../source.ts'
import { fieldIn } from './pick.ts'

/** @returns false where the request has as many, or its page is not at hand */
export function fillSegments(draft: Draft, held: MutableRing['requests'][number], wanted: number): boolean {
  const { geometry, fields, freeGref } = draft.source
  const count = fieldIn(held, 'nr_segments')
  const { request, slot } = held.slot
  const own = count && (draft.get(count) as number)
  if (!count || own === undefined || wanted <= own) return false
  const size = sizeOf(blkifRequestSegment, geometry.abi)
  const page = request.kind === 'indirect' ? request.indirect_grefs[0] : undefined
  if (request.kind === 'indirect' && (page === undefined || !draft.isWhole(page))) return false
  const from = page === undefined ? held.at + fieldOf(layoutOf(blkifRequest, geometry.abi), 'seg').offset : 0
  const bytes = page === undefined ? draft.bytes : draft.pageToWrite(page)
  const gref = freeGref + (fields.get('gref')?.length ?? 0)
  for (let i = own; i < wanted && from + (i + 1) * size <= bytes.length; i++)
    encodeOver(
      blkifRequestSegment,
      geometry.abi,
      { gref: gref + i, first_sect: 0, last_sect: SECTORS_PER_XEN_PAGE - 1 },
      bytes,
      from + i * size,
    )
  draft.say(`ring[${slot}] segments ${own} to ${wanted - 1}`, 'unused', `whole pages from gref ${gref + own} on`)
  return draft.set(count, wanted)
}
