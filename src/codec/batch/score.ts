// Which slot stride a ring was written with, judged from its bytes: under the wrong one, fields fall on other fields.

import { segmentFault } from '../ring/faults.ts'
import { ringGeometry } from '../ring/geometry.ts'
import type { ByteSpan } from '../ring/missing.ts'
import { advance, isFirstLap, slotOf } from '../ring/ring-idx.ts'
import { requirePages } from '../ring/ring-pages.ts'
import type { Abi } from '../struct/abi.ts'
import { x86_32, x86_64 } from '../struct/abi.ts'
import {
  BLKIF_DISCARD_SECURE,
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  BLKIF_OP_FLUSH_DISKCACHE,
  BLKIF_OP_WRITE,
  BLKIF_OP_WRITE_BARRIER,
} from '../xen/blkif.ts'
import { statusName } from '../xen/operations.ts'
import { XEN_PAGE_SIZE } from '../xen/ring.ts'
import { Batch, CLEARED, REQUEST, RESPONSE } from './batch.ts'
import { markMissing } from './mark-missing.ts'
import { readBatch } from './read-batch.ts'
import { INDIRECT, KIND_OF, OTHER, RW } from './slot-words.ts'
import { HIGH, LOW } from './words.ts'

/** How well the slots of a ring read under one ABI. */
export interface AbiScore {
  readonly abi: Abi
  /** Things that read well: of a request in flight its slot counts twice, of a response itself and what lies beneath it. */
  readonly plausible: number
  /** Slots that are used, and looked at. */
  readonly used: number
  /** Of these, cleared. */
  readonly cleared: number
  /** Things that were looked at: two in each used slot that is neither cleared nor unknown. */
  readonly seen: number
}

/** Which ABI the bytes of a ring read as. */
export interface AbiGuess {
  readonly abi: Abi
  /** x86_64 first; Arm has the same layout and cannot be told from it. */
  readonly scores: readonly [AbiScore, AbiScore]
  /** Neither stride reads better: x86_64 is assumed. */
  readonly tie: boolean
}

/**
 * Judges from the slots of a ring which ABI it was written with: under the wrong one, fields fall on other fields. Arm has the
 * layout of x86_64 and cannot be told from it.
 * @param bytes whole pages of one ring
 * @param missing bytes that are not in the input: slots with one of them have no vote
 * @throws TypeError, RangeError for bytes that are none, or no whole pages
 */
export function guessAbi(bytes: Uint8Array, missing?: readonly ByteSpan[]): AbiGuess {
  requirePages(bytes, 'guessAbi')
  const scores = [scoreAbi(bytes, x86_64, { missing }), scoreAbi(bytes, x86_32, { missing })] as const
  const [wide, narrow] = scores
  return {
    abi: readsBetter(narrow, wide) ? x86_32 : x86_64,
    scores,
    tie: plausibleShare(narrow) === plausibleShare(wide),
  }
}

/** The narrow layout must read better than the wide. */
export function readsBetter(narrow: AbiScore, wide: AbiScore): boolean {
  return plausibleShare(narrow) > plausibleShare(wide)
}

/** The share of what was seen that reads well, 1 of nothing. */
export function plausibleShare(score: AbiScore): number {
  return score.seen === 0 ? 1 : score.plausible / score.seen
}

/**
 * The same for readings that differ in more than the layout, such as the number of pages: that slots are cleared, which is to say zeros,
 * speaks half for one. Else the reading would be best that has the most zeros in its slots.
 */
export function shareWithCleared({ plausible, seen, cleared }: AbiScore): number {
  return seen + cleared === 0 ? 1 : (plausible + cleared) / (seen + 2 * cleared)
}

const batches = new Map<string, Batch>()

export interface ScoreOptions {
  /** Look at no more than so many slots, the newest. */
  readonly newest?: number
  /** Bytes that are not there. */
  readonly missing?: readonly ByteSpan[] | undefined
}

/** How well the used slots read under one ABI. */
export function scoreAbi(bytes: Uint8Array, abi: Abi, { newest, missing }: ScoreOptions = {}): AbiScore {
  const geometry = ringGeometry(abi, bytes.length / XEN_PAGE_SIZE)
  const key = `${abi.name}/${geometry.pages}`
  let batch = batches.get(key)
  if (!batch) {
    batch = new Batch(geometry, 1)
    batches.set(key, batch)
  }
  readBatch(batch, bytes)
  if (missing) markMissing(batch, missing)
  return scoreRing(batch, 0, newest)
}

/** The same of a ring that was read, under the ABI that it was read with. */
export function scoreRing(batch: Batch, ring: number, newest = Number.POSITIVE_INFINITY): AbiScore {
  const { geometry, rowsAt, state } = batch
  const { nr_ents, abi } = geometry
  const req_prod = batch.req_prod[ring]!
  const used = Math.min(isFirstLap(batch.indices(ring), nr_ents) ? req_prod : nr_ents, newest)
  // Every used slot has a row, so that a slot's place is its row's.
  const first = rowsAt[ring]!
  let plausible = 0
  let seen = 0
  let cleared = 0
  for (let back = 1; back <= used; back++) {
    const row = first + slotOf(advance(req_prod, -back), nr_ents)
    if (state[row] === REQUEST) {
      seen += 2
      if (plausibleRequest(batch, row)) plausible += 2
    } else if (state[row] === RESPONSE) {
      seen += 2
      if (plausibleResponse(batch, row)) plausible++
      if (plausibleBeneath(batch, row)) plausible++
    } else if (state[row] === CLEARED) cleared++
  }
  return { abi, plausible, used, cleared, seen }
}

function plausibleResponse(batch: Batch, row: number): boolean {
  return (
    plausibleU64(batch.id_halves, row) && KIND_OF[batch.operation[row]!] !== OTHER && statusName(batch.status[row]!) !== undefined
  )
}

/** Some reading of what survives beneath a response makes sense. */
function plausibleBeneath(batch: Batch, row: number): boolean {
  const { sector_number_halves: sector_number, handle, nr_sectors_halves: nr_sectors } = batch
  if (isAllOnes(sector_number, row)) return true
  if (!plausibleU64(sector_number, row)) return false
  if (plausibleSegments(batch, row, 1)) return true
  return (handle[row] !== 0 && firstWord(batch, row) !== 0) || (!isZero(nr_sectors, row) && plausibleU64(nr_sectors, row))
}

function plausibleRequest(batch: Batch, row: number): boolean {
  if (!plausibleU64(batch.id_halves, row) || !plausibleU64(batch.sector_number_halves, row)) return false
  const operation = batch.operation[row]!
  const nr_segments = batch.nr_segments[row]!
  switch (KIND_OF[operation]) {
    case RW:
      if (nr_segments === 0) return operation === BLKIF_OP_FLUSH_DISKCACHE || operation === BLKIF_OP_WRITE_BARRIER
      return nr_segments <= BLKIF_MAX_SEGMENTS_PER_REQUEST && plausibleSegments(batch, row, nr_segments)
    case INDIRECT:
      return batch.indirect_op[row]! <= BLKIF_OP_WRITE && nr_segments > 0 && firstWord(batch, row) !== 0
    case OTHER:
      return false
    default:
      return (
        batch.flag[row]! <= BLKIF_DISCARD_SECURE &&
        !isZero(batch.nr_sectors_halves, row) &&
        plausibleU64(batch.nr_sectors_halves, row)
      )
  }
}

function plausibleSegments({ segStart, gref, first_sect, last_sect }: Batch, row: number, count: number): boolean {
  const start = segStart[row]!
  for (let i = start; i < start + count; i++) {
    const segment = { gref: gref[i]!, first_sect: first_sect[i]!, last_sect: last_sect[i]! }
    if (segment.gref === 0 || segmentFault(segment) !== undefined) return false
  }
  return true
}

function firstWord({ words, wordStart }: Batch, row: number): number {
  return words[wordStart[row]!]!
}

/**
 * Read at an offset that is 4 off, a small number has its bits in the upper half and none in the lower. Pointers, which
 * some frontends use as ids, have bits in both, and so have most sectors beyond 2 TiB.
 */
function plausibleU64(halves: Uint32Array, row: number): boolean {
  return halves[2 * row + HIGH] === 0 || halves[2 * row + LOW] !== 0
}

function isZero(halves: Uint32Array, row: number): boolean {
  return halves[2 * row] === 0 && halves[2 * row + 1] === 0
}

/** The sector_number of an empty flush. */
function isAllOnes(halves: Uint32Array, row: number): boolean {
  return halves[2 * row] === 0xffff_ffff && halves[2 * row + 1] === 0xffff_ffff
}
