// Requests over several slots in columns: a row for each request, with all its segments.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CaptureBatch } from '../../src/capture/capture-batch.ts'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { slotOfRow } from '../../src/codec/batch/row.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { dumps } from '../check/run-check.ts'

test.each(['multi-slot', 'multi-slot-clean', 'sector-unit'])('%s', (name) => {
  const decoded = decodeCapture(loadDumps(join(dumps, 'hostile', name)).next().value!)
  const batch = new CaptureBatch().read(decoded.capture, decoded.ring)
  const rows = Array.from({ length: batch.rows }, (_, row) => slotOfRow(batch, row))
  const slots = decoded.ring.slots.flatMap((slot) => {
    if (slot.state !== 'request' || slot.request.kind !== 'rw') return []
    const { continuedIn: _, ...request } = slot.request
    return [{ ...slot, request }]
  })
  expect(slots.length).toBeGreaterThan(0)
  expect(rows).toEqual(slots)
})
