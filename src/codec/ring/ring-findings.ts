// What is wrong with a ring as a whole: its indices, what two requests share.
import { fieldOf, layoutOf } from '../struct/layout.ts'
import { memo } from '../struct/memo.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST } from '../xen/blkif.ts'
import { sringHeader } from '../xen/ring.ts'
import { ownsGrants, ownsId } from './faults.ts'
import type { Finding } from './finding.ts'
import { type RingGeometry, slotOffset } from './geometry.ts'
import { idText } from './id-text.ts'
import type { Ring, Slot } from './ring.ts'
import { RoundTable } from './round-table.ts'

type Header = Pick<Ring, 'geometry' | 'sring' | 'indices' | 'outstanding' | 'missing'>

export function reportHeader(
  { geometry, sring, indices, outstanding, missing }: Header,
  bytes: Uint8Array,
  findings: Finding[],
): void {
  const { abi, nr_ents } = geometry
  const offset = () => fieldOf(layoutOf(sringHeader, abi), 'req_prod').offset
  if (indices === 'impossible')
    findings.push({
      code: 'indices-impossible',
      message: `req_prod ${sring.req_prod} - rsp_prod ${sring.rsp_prod} = ${outstanding} requests outstanding, in a ring of ${nr_ents}; the last ${nr_ents} are shown`,
      offset: offset(),
    })
  else if (missing.spans.length === 0 && sring.req_event === 0 && sring.rsp_event === 0 && bytes.every((b) => b === 0))
    findings.push({
      code: 'ring-all-zero',
      message: 'every byte is 0: not a ring, or not yet initialised (both events start at 1)',
      offset: offset(),
    })
}

/** Two requests in flight under one id, neither of which was answered. */
export function reportSharedIds(slots: readonly Slot[], geometry: RingGeometry, findings: Finding[]): void {
  const owner = new Map<bigint, number>()
  for (const s of slots) {
    if (s.state !== 'request' || !ownsId(s.answered)) continue
    const { id } = s.request
    if (owner.has(id)) {
      const message = `id ${idText(id)} is also that of slot ${owner.get(id)}, in flight as well`
      findings.push({ code: 'id-shared', message, slot: s.slot, offset: slotOffset(geometry, s.slot) })
    } else owner.set(id, s.slot)
  }
}

const grefTable = /*#__PURE__*/ memo(new Map(), (nr_ents: number) => new RoundTable(nr_ents * BLKIF_MAX_SEGMENTS_PER_REQUEST))

/** Whether some grant may be in two requests in flight: numbers in a table cost a fraction of a map's. */
export function mayShareGrefs(slots: readonly Slot[], { nr_ents }: RingGeometry): boolean {
  const table = grefTable(nr_ents)
  let room = nr_ents * BLKIF_MAX_SEGMENTS_PER_REQUEST
  table.next()
  for (const s of slots) {
    if (s.state !== 'request' || !('segments' in s.request) || s.request.segments === null) continue
    const { segments } = s.request
    room -= segments.length
    // Of indirect requests there may be any number.
    if (room < 0) return true
    for (let i = 0; i < segments.length; i++) {
      const owner = table.add(segments[i]!.gref, 0, s.slot)
      if (owner >= 0 && owner !== s.slot) return true
    }
  }
  return false
}

/** A grant in two requests in flight: an indirect page that is not its request's own, or one page for two transfers. */
export function reportSharedGrefs(slots: readonly Slot[], geometry: RingGeometry, findings: Finding[]): void {
  const owner = new Map<number, number>()
  for (const s of slots) {
    if (s.state !== 'request' || !ownsGrants(s.answered) || !('segments' in s.request)) continue
    let first: { readonly gref: number; readonly by: number } | undefined
    for (const { gref } of s.request.segments ?? []) {
      const by = owner.get(gref)
      if (by === s.slot) continue
      if (by !== undefined) first ??= { gref, by }
      owner.set(gref, s.slot)
    }
    if (first)
      findings.push({
        code: 'gref-shared',
        message: `gref ${first.gref} is also in the request of slot ${first.by}, in flight as well`,
        slot: s.slot,
        offset: slotOffset(geometry, s.slot),
      })
  }
}
