// Frames of zstd data, made by hand after RFC 8878: where they end, whatever pieces they come in.
import { expect, test } from 'vitest'
import { ZstdFrames } from '../../src/node/read/zstd-frames.ts'

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd]
const block = (last: boolean, type: number, size: number) =>
  [0, 8, 16].map((bit) => (((size << 3) | (type << 1) | +last) >> bit) & 0xff)
const bytes = (count: number) => Array<number>(count).fill(0x28)

const FRAMES: readonly (readonly [string, readonly number[]])[] = [
  ['empty, with a window and a checksum', [...MAGIC, 0x04, 0x00, ...block(true, 0, 0), ...bytes(4)]],
  ['raw, single segment, size in 1 byte', [...MAGIC, 0x20, 5, ...block(true, 0, 5), ...bytes(5)]],
  [
    'RLE and compressed blocks, size in 2 bytes',
    [...MAGIC, 0x40, 0, ...bytes(2), ...block(false, 1, 9000), 7, ...block(true, 2, 6), ...bytes(6)],
  ],
  ['a dictionary of 4 bytes, size in 8 bytes', [...MAGIC, 0xe3, ...bytes(12), ...block(true, 0, 1), 1]],
  ['skippable', [0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, ...bytes(3)]],
  ['skippable and empty', [0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]],
]

test.each(FRAMES)('%s', (_, frame) => {
  const frames = new ZstdFrames()
  expect(frames.isWhole).toBe(true)
  expect(frames.cut(Uint8Array.from(frame)).map((part) => part.length)).toEqual([frame.length])
  expect(frames.isWhole).toBe(true)
  for (let length = 1; length < frame.length; length++) {
    const cut = new ZstdFrames()
    cut.cut(Uint8Array.from(frame.slice(0, length)))
    expect(cut.isWhole, `${length} of ${frame.length} bytes`).toBe(false)
  }
})

test('all of them, in pieces of every size', () => {
  const all = Uint8Array.from(FRAMES.flatMap(([, frame]) => frame))
  const ends = FRAMES.map((_, i) => FRAMES.slice(0, i + 1).reduce((sum, [, frame]) => sum + frame.length, 0))
  for (let size = 1; size <= all.length; size++) {
    const frames = new ZstdFrames()
    const cuts = new Set<number>()
    let at = 0
    for (let from = 0; from < all.length; from += size)
      for (const part of frames.cut(all.subarray(from, from + size))) {
        at += part.length
        cuts.add(at)
      }
    expect(at).toBe(all.length)
    expect(ends.filter((end) => !cuts.has(end))).toEqual([])
    expect(frames.isWhole).toBe(true)
  }
})

test('what is no frame goes to the decoder as it is', () => {
  const frames = new ZstdFrames()
  const some = Uint8Array.from([...MAGIC, 0x20, 0, ...block(true, 0, 0), ...bytes(9)])
  expect(frames.cut(some).map((part) => part.length)).toEqual([9, 9])
  expect(frames.cut(some).map((part) => part.length)).toEqual([some.length])
})

test('too many small frames', () => {
  const [, frame] = FRAMES[1]!
  const frames = new ZstdFrames()
  const all = Uint8Array.from(Array.from({ length: 20_000 }, () => frame).flat())
  expect(frames.cut(all.subarray(0, frame.length * 16_384)).length).toBe(16_384)
  expect(frames.areTooMany).toBe(false)
  expect(frames.cut(all).length).toBeLessThan(8000)
  expect(frames.areTooMany).toBe(true)
})
