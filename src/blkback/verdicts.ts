// What a backend would do with a request, and by which test: Linux's blkback 6.1 and QEMU's qdisk 7.2 as they were run
// (docs/backends.md has the records), tapdisk3 as its source reads. One table each, in the order in which each looks.

import type { DecodedRing } from '../capture/decoded-ring.ts'
import type { RequestSlot } from '../codec/ring/ring.ts'
import { distance } from '../codec/ring/ring-idx.ts'
import { sectorSizeOf } from '../xenstore/disk.ts'
import { type Asked, askedOf, backendDisk } from './asked.ts'
import { backendDomainOf, conditionOf, type GrantCondition, type Grants } from './grants.ts'
import { judgeRequest, reasonOf } from './judge.ts'
import type { BackendModel, BackendReading, Outcome } from './model.ts'
import { LINUX } from './models/linux.ts'
import { QEMU } from './models/qemu.ts'
import { TAPDISK } from './models/tapdisk.ts'

/** The backends whose answers are known. */
export const BACKENDS = ['linux', 'qemu', 'tapdisk'] as const
/** The name of a backend whose answers are known. */
export type BackendName = (typeof BACKENDS)[number]

const TABLES: Readonly<Record<BackendName, BackendModel>> = { linux: LINUX, qemu: QEMU, tapdisk: TAPDISK }

/** What a backend would do with one request. */
export interface BackendVerdict {
  readonly slot: RequestSlot
  readonly outcome: Outcome
  /** The test that decides it. */
  readonly test: string
  /** The source was read, and nobody has run it. */
  readonly reading: boolean
  /**
   * What it is accepted under, or, of an outcome that is unknown, what must hold for it not to be ERROR. Undefined where no reference
   * is used.
   */
  readonly condition?: GrantCondition
}

/** The ring as the backend reads it, which may be in another layout than the guest wrote it in. */
export function readByBackend(decoded: DecodedRing, backend: BackendName): BackendReading {
  return TABLES[backend].asRead?.(decoded) ?? { decoded, note: undefined }
}

/**
 * What a backend would do with every request between rsp_prod and req_prod, or did with one that was answered, in index order.
 * @param given a decoded ring, which the backend may read in another layout (`readByBackend`)
 */
export function backendVerdicts(given: DecodedRing, backend: BackendName): BackendVerdict[] {
  const { decoded } = readByBackend(given, backend)
  const { ring, capture } = decoded
  const model = TABLES[backend]
  const { unit, persistent, impossible } = model
  const possible = ring.indices !== 'impossible'
  const bytes = unit((capture.xenstore && sectorSizeOf(capture.xenstore)) ?? BigInt(ring.sectorUnit))
  const known = backendDisk(capture.xenstore, bytes)
  const disk = { ...known, persistent: persistent && known.persistent }
  const domain = backendDomainOf(capture.xenstore)
  return requestsTaken(decoded).map((slot): BackendVerdict => {
    if (!possible && 'outcome' in impossible) return { slot, ...impossible, reading: false }
    const asked = askedOf(slot.request, disk, bytes)
    const verdict = verdictOf(slot, asked, model, capture.grants?.(), domain)
    return possible || 'outcome' in impossible ? verdict : { ...verdict, test: `${verdict.test}; ${impossible.beside}` }
  })
}

/** All that a backend would take for requests, in index order: those of an impossible req_prod, and those that read as responses too. */
export function requestsTaken({ ring }: DecodedRing): RequestSlot[] {
  const first = ring.sring.rsp_prod
  return ring.slots
    .flatMap((slot) => (slot.state === 'request' ? [slot] : []))
    .sort((a, b) => distance(first, a.index) - distance(first, b.index))
}

function verdictOf(slot: RequestSlot, asked: Asked, model: BackendModel, grants: Grants | undefined, domain: number | undefined) {
  const judged = judgeRequest(asked, model, grants, domain)
  const { outcome, row, unmet } = judged
  const verdict = { slot, outcome, test: reasonOf(judged, asked), reading: !unmet && row.reading === true }
  const condition = outcome === 'accept' || outcome === 'unknown' ? conditionOf(asked) : undefined
  if (!condition) return verdict
  const isMet = outcome === 'accept' && grants && !condition.maps.some((gref) => grants.lacks?.(gref))
  return { ...verdict, condition: isMet ? { ...condition, met: true as const } : condition }
}
