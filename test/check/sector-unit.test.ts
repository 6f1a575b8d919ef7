// Requests that count in the disk's own sectors: told by the requests themselves, or asked for.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Capture } from '../../src/capture/capture.ts'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { createChecker } from '../../src/check/index.ts'
import { ringGeometry, slotOffset } from '../../src/codec/ring/geometry.ts'
import type { SectorUnitChoice } from '../../src/codec/ring/sector-unit.ts'
import { x86_64 } from '../../src/codec/struct/abi.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { dumps } from './run-check.ts'

const load = (name: string) =>
  loadDumps(join(dumps, 'hostile', name))
    [Symbol.iterator]()
    .next().value as Capture

/** Rules about slots. */
function fires(dump: Capture, unit?: SectorUnitChoice): string[] {
  return createChecker()
    .ring(decodeCapture(dump, undefined, unit))
    .flatMap(({ rule, slot }) => (slot === undefined ? [] : [`${rule.id} ${slot}`]))
}

/** The dump with a byte of a slot changed. @param at byte in the slot (protocol.md: seg[0] at 24, last_sect at 5 of it) */
function edited(dump: Capture, slot: number, at: number, value: number): Capture {
  const bytes = Uint8Array.from(dump.bytes)
  bytes[slotOffset(ringGeometry(x86_64, 1), slot) + at] = value
  return { ...dump, bytes }
}

const LAST_SECT = 24 + 5
const SECTOR_NUMBER = 16

test('requests that fit in the disk’s own sectors only: one note, and nothing of misalignment or parts of pages', () => {
  expect(fires(load('sector-unit'))).toEqual(['sector-unit 0'])
  expect(fires(load('sector-unit'), 'disk')).toEqual([])
  expect(fires(load('sector-unit'), 4096)).toEqual([])
})

test('asked for 512, they are read so', () => {
  expect(fires(load('sector-unit'), 512)).toEqual([
    'sector-unit 0',
    'io-misaligned 0',
    'partial-page 0',
    'io-misaligned 1',
    'io-misaligned 2',
  ])
})

test('requests that fit in 512 only, asked for as the disk’s own', () => {
  expect(fires(load('sector-unit-clean'))).toEqual([])
  expect(fires(load('sector-unit-clean'), 'disk')).toEqual([
    'sector-past-end 0',
    'sector-unit 0',
    'segment-range 0',
    'sector-past-end 1',
    'segment-range 1',
    'sector-past-end 2',
    'segment-range 2',
  ])
})

test('one request of 512 is enough against the other unit; one that fits neither is not', () => {
  // Slot 1 becomes eight sectors of 512 at sector 8 * 1219.
  const mixed = edited(edited(load('sector-unit'), 1, LAST_SECT, 7), 1, SECTOR_NUMBER, 0x18)
  expect(fires(mixed)).toEqual(['io-misaligned 0', 'partial-page 0', 'io-misaligned 2'])
  // Slot 1 has two sectors, which no page of 4096-byte sectors has, at a sector that is none of the disk's in 512.
  expect(fires(edited(load('sector-unit'), 1, LAST_SECT, 1))).toEqual(['sector-unit 0', 'io-misaligned 1'])
})

test('the disk’s own is not known', () => {
  const dump = load('sector-unit')
  const without = (size: string | undefined): Capture => {
    const backend = new Map(dump.xenstore!.backend)
    backend.delete('sector-size')
    if (size !== undefined) backend.set('sector-size', size)
    return { ...dump, xenstore: { ...dump.xenstore!, backend } }
  }
  expect(() => decodeCapture({ ...dump, xenstore: undefined }, undefined, 'disk')).toThrow(/not known.*; say it in bytes/)
  expect(() => decodeCapture(without(undefined), undefined, 'disk')).toThrow('no sector-size in XenStore')
  for (const size of ['0', '513', '8192', '4096x', '-512', '99999999999999999999', '\u001b[31m'])
    expect(() => decodeCapture(without(size), undefined, 'disk')).toThrow('no sector of that size fits a page')
  expect(decodeCapture(without('2048'), undefined, 'disk').ring.sectorUnit).toBe(2048)
})
