import { describe, expect, test } from 'vitest'
import { DRIVER_MODELS, planRequest, type SgSegment } from '../../src/blkfront/index.ts'
import { ChunkList, cutIntoChunks, grantsWanted } from '../../src/blkfront/segments.ts'

const { seed, 'extra-req': extraReq, modern } = DRIVER_MODELS

/** Chunks as [page, chunk in page, first_sect, last_sect]. */
function cut(...segments: SgSegment[]): number[][] {
  const chunks = new ChunkList()
  cutIntoChunks(segments, chunks)
  return Array.from({ length: chunks.count }, (_, k) => [
    chunks.page[k]!,
    chunks.chunkInPage(k),
    chunks.first_sect(k),
    chunks.last_sect(k),
  ])
}

describe('cutting at 4 KiB', () => {
  test('a whole small page is one chunk', () => expect(cut([256, 0, 4096])).toEqual([[256, 0, 0, 7]]))
  test('one sector', () => expect(cut([256, 512, 512])).toEqual([[256, 0, 1, 1]]))
  test('a segment across a boundary', () =>
    expect(cut([263, 7680, 1024])).toEqual([
      [263, 1, 7, 7],
      [263, 2, 0, 0],
    ]))
  test('the middle of a large page', () => expect(cut([256, 13312, 512])).toEqual([[256, 3, 2, 2]]))
  test('a whole 64 KiB page is 16 chunks', () =>
    expect(cut([9, 0, 65536]).map(([, chunk]) => chunk)).toEqual([...Array(16).keys()]))
  test('an empty segment has no chunk', () => expect(cut([256, 512, 0])).toEqual([]))
  test('the list grows past its first size', () =>
    expect(cut(...Array.from({ length: 5 }, (): SgSegment => [1, 0, 65536]))).toHaveLength(80))
})

test.each([
  [0, 1, 0],
  [11, 1, 11],
  [12, 1, 13],
  [1, 16, 17],
  [2, 4, 8],
  [3, 4, 13],
  [512, 1, 513],
  [513, 1, 515],
])('%i segments of %i chunks a page want %i references', (segments, perPage, wanted) => {
  expect(grantsWanted(segments, perPage)).toBe(wanted)
})

describe('a plan', () => {
  const pages = (n: number, length = 4096): SgSegment[] => Array.from({ length: n }, (_, i) => [256 + i, 0, length])

  test('says which chunks of a page get no grant', () => {
    const plan = planRequest(modern, { maxIndirectSegments: 32, pageSize: 16384 }, [[256, 4608, 512]])
    expect(plan.segments).toEqual([
      { segment: [256, 4608, 512], chunks: [{ chunk: 1, first_sect: 1, last_sect: 1 }], skipped: [0, 2, 3] },
    ])
    expect(plan).toMatchObject({ shape: 'direct', nr_segments: 1, grantsWanted: 4, grantsUsed: 1, indirectPages: 0 })
  })

  test('decides by chunks, not by segments', () => {
    expect(planRequest(modern, { maxIndirectSegments: 32, pageSize: 16384 }, pages(6, 512)).shape).toBe('direct')
    const plan = planRequest(modern, { maxIndirectSegments: 32, pageSize: 16384 }, pages(3, 16384))
    expect(plan).toMatchObject({ shape: 'indirect', nr_segments: 12, indirectPages: 1, grantsUsed: 13, grantsWanted: 13 })
    expect(plan.reason).toBe('12 chunks do not fit in the 11 segments of a slot')
  })

  test('splits a 64 KiB page in two where indirect requests are off, but not in the seed driver', () => {
    const config = { maxIndirectSegments: 0, pageSize: 65536 } as const
    const plan = planRequest(extraReq, config, pages(1, 65536))
    expect(plan).toMatchObject({ shape: 'two-slots', nr_segments: 16, grantsUsed: 16, grantsWanted: 17 })
    expect(plan.reason).toMatch(/11 go in a first slot, 5 in a second$/)
    expect(planRequest(seed, config, pages(1, 65536)).refusal?.cause).toBe('too-many-segments')
  })

  test('names what kills the driver', () => {
    const off = { maxIndirectSegments: 0, pageSize: 4096 } as const
    expect(planRequest(modern, off, pages(12)).refusal?.cause).toBe('too-many-chunks')
    expect(planRequest(seed, off, pages(12)).refusal?.cause).toBe('too-many-segments')
    const on = { maxIndirectSegments: 32, pageSize: 4096 } as const
    expect(planRequest(seed, on, pages(33)).refusal?.cause).toBe('too-many-segments')
    expect(planRequest(modern, on, pages(33)).refusal?.cause).toBe('table-overrun')
    expect(planRequest(modern, on, pages(12), true).refusal?.cause).toBe('fua-needs-indirect')
    expect(planRequest(modern, on, [[256, 4000, 4096]]).refusal?.cause).toBe('segment-past-page')
  })
})
