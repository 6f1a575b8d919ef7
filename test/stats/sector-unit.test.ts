// Rings that count in sectors of 4096 bytes add up to what the same requests in sectors of 512 do.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CaptureBatch } from '../../src/capture/capture-batch.ts'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import type { SectorUnit } from '../../src/codec/ring/sector-unit.ts'
import { diffDevices } from '../../src/diff/index.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { reportOf } from '../../src/stats/report.ts'
import { SectorMap } from '../../src/stats/sector-map.ts'
import { Statistics } from '../../src/stats/statistics.ts'
import { dumps } from '../check/run-check.ts'

function decoded(name: string, unit: SectorUnit) {
  const dump = loadDumps(join(dumps, 'hostile', name)).next().value!
  return decodeCapture(dump, undefined, unit)
}

function figures(name: string, unit: SectorUnit) {
  const { capture, ring } = decoded(name, unit)
  const batch = new CaptureBatch().read(capture, ring)
  const stats = new Statistics()
  const track = stats.track({ source: name, queue: undefined }, ring.geometry)
  for (const place of [0, 1, 2]) stats.add(track, batch, 0, place)
  track.end()
  const { bytes, sizes, sectors, longest } = reportOf(stats)
  return { bytes, sizes, map: sectors(64), longest: longest.map(({ slot, sector_number }) => ({ slot, sector_number })) }
}

test('figures', () => {
  const own = figures('sector-unit', 4096)
  expect(own).toEqual(figures('sector-unit-clean', 512))
  expect(own.bytes).toEqual({ read: 4096n, write: 8192n, discard: 0n })
  expect(own.longest.map(({ sector_number }) => sector_number)).toEqual([77952n, 77960n, 77976n])
})

test('a place that has more than 64 bits in sectors of 512 bytes is the last of all', () => {
  const map = new SectorMap()
  map.add(0, 0xffff_ffff, 0xffff_ffff, 3)
  map.add(0, 0, 0x2000_0000, 3)
  map.add(0, 0, 0x1fff_ffff, 3)
  expect(map.columns(4)!.from).toBeGreaterThan(2n ** 63n)
})

test('what the disk is asked to do is the same', () => {
  const side = (name: string, unit: SectorUnit) => {
    const { capture, ring } = decoded(name, unit)
    return [{ ring, bytes: capture.bytes, indirectPages: capture.indirectPages, queue: undefined }]
  }
  const diff = (unit: SectorUnit) => diffDevices(side('sector-unit', unit), side('sector-unit-clean', 512), { level: 'io' }).hunks
  expect(diff(4096)).toEqual([])
  expect(diff(512).length).toBeGreaterThan(0)
})
