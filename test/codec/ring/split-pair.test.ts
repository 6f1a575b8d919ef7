// Requests in two slots: which captures hold them, and that the emulated drivers' are seen, with the sectors that they skip.
import { expect, test } from 'vitest'
import { decodeCapture } from '../../../src/capture/decode-capture.ts'
import type { DirectRequest } from '../../../src/codec/ring/request.ts'
import type { Ring } from '../../../src/codec/ring/ring.ts'
import { splitPair } from '../../../src/codec/ring/split-pair.ts'
import { loadDumps } from '../../../src/node/read/load.ts'
import { allCaptures } from '../../support/captures.ts'

function pairsOf({ slots, sring, geometry }: Ring): number[] {
  const requests = slots
    .filter((s) => s.state === 'request')
    .sort((a, b) => ((a.index - sring.rsp_prod) >>> 0) - ((b.index - sring.rsp_prod) >>> 0))
  expect(requests.length).toBeLessThanOrEqual(geometry.nr_ents)
  return requests.flatMap((s, i) => {
    const pair = i > 0 && splitPair(requests[i - 1]!.request, s.request)
    return pair ? [pair.skipped] : []
  })
}

allCaptures('captures: only 64 KiB guests without indirect requests send pairs', (captures) => {
  const found = captures.flatMap(({ name, path }) => {
    const pairs = [...loadDumps(path)].flatMap((dump) => pairsOf(decodeCapture(dump).ring))
    return pairs.length > 0 ? [name] : []
  })
  const senders = captures.map((c) => c.name).filter((name) => /p3x?-no-indirect|64k-split-pair|virgin-arm64-64k/.test(name))
  expect(found).toEqual(senders.filter((name) => found.includes(name)))
  expect(found.length).toBeGreaterThanOrEqual(2)
})

test('buffers at odd offsets skip the sectors that their first grant lacks', () => {
  const [dump] = [...loadDumps('dumps/64k-split-pair')]
  const pairs = pairsOf(decodeCapture(dump!).ring)
  // Buffers begin at 1536, 3584, 512, 512, 512, 2560 and 0 in their first 4 KiB (meta.json: io_in_guest).
  expect(pairs).toEqual([3, 7, 1, 1, 1, 5, 0])
})

const request = (over: Partial<DirectRequest> = {}): DirectRequest => ({
  kind: 'rw',
  op: 'write',
  operation: 1,
  id: 0n,
  sector_number: 0n,
  handle: 51712,
  nr_segments: 11,
  segments: Array.from({ length: 11 }, (_, gref) => ({ gref, first_sect: 0, last_sect: 7 })),
  nr_sectors: 88,
  ...over,
})
const second = request({ sector_number: 88n, nr_segments: 5, segments: request().segments.slice(0, 5), nr_sectors: 40 })

test.each<[string, Partial<DirectRequest>, Partial<DirectRequest>, number | undefined]>([
  ['aligned', {}, {}, 0],
  [
    'the first half begins inside a grant',
    { segments: [{ gref: 1, first_sect: 3, last_sect: 7 }, ...request().segments.slice(1)], nr_sectors: 85 },
    {},
    3,
  ],
  ['sectors wrap at 2^64', { sector_number: 2n ** 64n - 8n }, { sector_number: 80n }, 0],
  ['other sector', {}, { sector_number: 85n }, undefined],
  ['other operation', {}, { op: 'read', operation: 0 }, undefined],
  ['other device', {}, { handle: 1 }, undefined],
  ['more than a page of 64 KiB', {}, { nr_segments: 6 }, undefined],
  ['a first half that is not full', { nr_segments: 10 }, {}, undefined],
  ['a second half that begins inside a grant', {}, { segments: [{ gref: 1, first_sect: 1, last_sect: 7 }] }, undefined],
])('%s', (_, first, over, skipped) => {
  expect(splitPair(request(first), { ...second, ...over })?.skipped).toBe(skipped)
})
