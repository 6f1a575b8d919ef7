// Every data grant of a request in flight was mapped when the ring was captured, and the first bytes of its sectors noted.
// The decoded segments must be those grants, and what a write carries must be the sectors that the ring says: each sector of
// the disk holds its own number as text.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Capture } from '../../src/capture/capture.ts'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { ringGeometry } from '../../src/codec/ring/geometry.ts'
import type { DirectRequest, IndirectRequest } from '../../src/codec/ring/request.ts'
import type { RequestSlot, Ring } from '../../src/codec/ring/ring.ts'
import { advance, distance } from '../../src/codec/ring/ring-idx.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST, BLKIF_OP_WRITE, SECTORS_PER_XEN_PAGE } from '../../src/codec/xen/blkif.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { eachCapture, textOf } from '../support/captures.ts'

const LINE = /^slot (\d+) seg (\d+) gref (\d+) first (\d+) last (\d+) (?:MAPFAIL.*|\| (.*))$/
const SPLIT_SECTORS = BLKIF_MAX_SEGMENTS_PER_REQUEST * SECTORS_PER_XEN_PAGE

type DataSlot = RequestSlot & { request: DirectRequest | IndirectRequest }

function headsBeside({ source }: Capture): string[] {
  const path = join(dirname(source), 'dataheads.txt.gz')
  return existsSync(path)
    ? gunzipSync(readFileSync(path))
        .toString()
        .split('\n')
        .filter((line) => line.startsWith('slot'))
    : []
}

/** In the order of their indices. */
function dataSlots({ slots, sring }: Ring): DataSlot[] {
  return slots
    .filter((s): s is DataSlot => s.state === 'request' && 'segments' in s.request && s.request.segments !== null)
    .sort((a, b) => distance(sring.rsp_prod, a.index) - distance(sring.rsp_prod, b.index))
}

/**
 * Linux sends the second half of a request that takes two slots to first sector + 88 even where the first half covers
 * fewer: the data is that many sectors ahead of what the ring says.
 */
function skippedBefore(slot: DataSlot, ring: Ring): number {
  const before = dataSlots(ring).find((s) => s.index === advance(slot.index, -1))?.request
  if (before?.kind !== 'rw' || before.nr_segments !== BLKIF_MAX_SEGMENTS_PER_REQUEST) return 0
  if (slot.request.sector_number !== before.sector_number + BigInt(SPLIT_SECTORS)) return 0
  return SPLIT_SECTORS - before.nr_sectors
}

let grants = 0
let sectors = 0

eachCapture('each capture', (capture) => {
  const { path } = capture
  // dd wrote zeros, not the numbers of its sectors.
  const patterned = !/"io_in_guest": "[^"]*\bdd\b/.test(textOf(capture, 'meta.json') ?? '')
  for (const dump of loadDumps(resolve(path))) {
    const heads = headsBeside(dump)
    if (heads.length === 0) continue
    const { ring } = decodeCapture(dump)
    expect(ring.geometry).toEqual(ringGeometry(ring.geometry.abi, dump.bytes.length / 4096))
    const ours = dataSlots(ring).flatMap(({ slot, request }) =>
      request.segments!.map((s, i) => `slot ${slot} seg ${i} gref ${s.gref} first ${s.first_sect} last ${s.last_sect}`),
    )
    expect(ours).toEqual(heads.map((line) => line.replace(/ (MAPFAIL|\|).*/, '')))
    grants += ours.length
    if (patterned) sectors += checkWrites(ring, heads)
  }
})

function checkWrites(ring: Ring, heads: readonly string[]): number {
  let checked = 0
  for (const slot of dataSlots(ring)) {
    const { request } = slot
    const inner = request.kind === 'indirect' ? request.indirect_op : request.operation
    if (inner !== BLKIF_OP_WRITE || slot.answered !== 'no') continue
    let sector = request.sector_number - BigInt(skippedBefore(slot, ring))
    for (const line of heads) {
      const [, s, , , first, last, text] = LINE.exec(line)!
      if (Number(s) !== slot.slot || text === undefined) continue
      for (const head of text.split(' ').slice(Number(first), Number(last) + 1)) {
        expect({ line, head }).toEqual({ line, head: `[S${sector.toString(16).padStart(14, '0')}]` })
        sector++
        checked++
      }
    }
  }
  return checked
}

test('grants and sectors were compared', () => {
  expect(grants).toBeGreaterThan(1500)
  expect(sectors).toBeGreaterThan(5000)
})
