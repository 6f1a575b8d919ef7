// What a ring shows in the place of another: what was in flight in the old one is to be asked for again.

import { type AskedAgain, askedAgain, type SectorRange, sectorsIn } from '../../codec/ring/asked-again.ts'
import { CONNECTED_ANEW } from '../../codec/ring/replaced.ts'
import { operationOf } from '../../codec/ring/request.ts'
import { count } from '../../codec/struct/count.ts'
import { fieldOf, layoutOf } from '../../codec/struct/layout.ts'
import { opName } from '../../codec/xen/operations.ts'
import { sringHeader } from '../../codec/xen/ring.ts'
import { offeredSegments } from '../../xenstore/segments.ts'
import type { Found, ReplacedTest, Rule } from '../rule.ts'
import type { RingSubject } from '../subject.ts'

function ringReplaced({ ring }: RingSubject, before: RingSubject, why: string): Found[] {
  const { outstanding } = before.ring
  const left = outstanding === 0 ? 'nothing was' : count(outstanding, 'request was', 'requests were')
  const { offset } = fieldOf(layoutOf(sringHeader, ring.geometry.abi), 'req_prod')
  return [{ message: `a new ring: ${why}; ${left} in flight in the old one`, offset }]
}

/** Of each request that was in flight in the old ring. A ring that is full has no room for what is still to come. */
function ofEach(test: (request: AskedAgain, all: readonly AskedAgain[]) => string | undefined): ReplacedTest {
  return (after, before) => {
    if (after.ring.outstanding >= after.ring.geometry.nr_ents) return []
    const { queue } = after.decoded.capture
    // What was in flight in one queue may be asked for again in another, which is not at hand here.
    if (queue !== undefined && after.xenstore?.frontend.get('multi-queue-num-queues') !== '1') return []
    const { requests } = askedAgain(before.ring, [{ ring: after.ring, queue }], offeredSegments(after.xenstore))
    return requests.flatMap((request) => {
      const what = test(request, requests)
      return what === undefined ? [] : [{ message: `${nameOf(request)} in the ring before: ${what}` }]
    })
  }
}

function nameOf({ slot: { slot, request } }: AskedAgain): string {
  const data = request.kind === 'rw' && request.nr_segments === 0 ? ' without data' : ` at sector ${request.sector_number}`
  return `${opName(operationOf(request))}${data} in slot ${slot}`
}

function uncovered({ again, uncovered: ranges }: AskedAgain): string | undefined {
  if (again !== 'part') return undefined
  return `${sectorsIn(ranges)} of its sectors are in no request of the new ring so far: ${rangesText(ranges)}`
}

function lost({ again }: AskedAgain, all: readonly AskedAgain[]): string | undefined {
  if (again !== 'none' || !all.some((other) => other.by.length > 0 || other.perhaps.length > 0)) return undefined
  return 'no request of the new ring asks for it so far, and others were done again'
}

/** Ranges that a message names. */
const MAX_NAMED = 4

function rangesText(ranges: readonly SectorRange[]): string {
  const named = ranges.slice(0, MAX_NAMED).map(({ from, to }) => (from === to ? String(from) : `${from} to ${to}`))
  return `${named.join(', ')}${ranges.length > MAX_NAMED ? ` and ${ranges.length - MAX_NAMED} more stretches` : ''}`
}

export const REPLACED_RULES: readonly Rule[] = [
  {
    id: 'ring-replaced',
    severity: 'note',
    summary: 'The ring is a new one, in the place of that of the snapshot before.',
    source: 'blkif_recover of xen-blkfront, SHARED_RING_INIT of xen/include/public/io/ring.h',
    explain: {
      means: `The indices began anew, or slots that cannot have changed hold something else: ${CONNECTED_ANEW}. Snapshots in the wrong order can look the same. The XenStore text beside them is of one of the two connections: what is said of the other ring by it may be wrong.`,
      why: 'What was in flight in the old ring is done again by the frontend, also where it was answered and the frontend had not seen it. What two snapshots of one ring show is not asked of these.',
      todo: 'Nothing, if it was meant. See what was done again: blkring diff --snapshots.',
    },
    replaced: ringReplaced,
  },
  {
    id: 'resume-uncovered',
    severity: 'warning',
    summary: 'A request that was in flight in the old ring is asked for again in part.',
    source: 'xen-blkfront until Linux 4.9: split_bio, which counts Linux pages and cuts by 4 KiB grants',
    explain: {
      means:
        'Requests of the new ring ask for some of its sectors, and none for the others, although the ring has room. Where answered requests may have covered them it is not said. Those to come may still ask for them.',
      why: 'The driver cuts what no longer fits by 4 KiB a page. On pages of 16 or 64 KiB the pieces cover too little: the rest is never transferred, and the I/O ends without an error.',
      todo: 'Take one more snapshot. If the sectors stay away, compare them with what was to be written, and give the new backend the same feature-max-indirect-segments as the old one.',
    },
    replaced: ofEach(uncovered),
  },
  {
    id: 'resume-lost',
    severity: 'warning',
    summary: 'A request that was in flight in the old ring is not asked for again, and others are.',
    source:
      'xen-blkfront of Linux 4.9 (blkfront_resume looks at the wrong request) and before 4.5 (blkif_recover and a smaller ring)',
    explain: {
      means:
        'No request of the new ring asks for any of it, although the ring has room, and others of the old ring were done again.',
      why: 'A flush that is forgotten ended with success: what it was to make durable may be lost with the power. A read or write that is forgotten never ends, and whoever waits for it hangs.',
      todo: 'Take one more snapshot. If it stays away, sync again in the guest, and look for hung tasks there.',
    },
    replaced: ofEach(lost),
  },
]
