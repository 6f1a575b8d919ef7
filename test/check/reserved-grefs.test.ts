// References 0 and 1: whose rings they are, and that a backend maps them.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { backendVerdicts, createChecker } from '../../src/check/index.ts'
import { slotOffset } from '../../src/codec/ring/geometry.ts'
import { encodeOver } from '../../src/codec/struct/encode.ts'
import { fieldOf, layoutOf } from '../../src/codec/struct/layout.ts'
import { blkifRequest, blkifRequestSegment } from '../../src/codec/xen/blkif.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { dumps } from './run-check.ts'

test.each([
  [0, "seg[0] has gref 0, the console's ring in a PV Linux guest"],
  [1, "seg[0] has gref 1, XenStore's ring in a PV Linux guest"],
  [2, undefined],
])('reference %i', (gref, message) => {
  const [dump] = loadDumps(join(dumps, 'direct'))
  const { geometry, slots } = decodeCapture(dump!).ring
  const bytes = Uint8Array.from(dump!.bytes)
  const first = slots.find((slot) => slot.state === 'request' && slot.request.op === 'read')!
  const at = slotOffset(geometry, first.slot) + fieldOf(layoutOf(blkifRequest, geometry.abi), 'seg').offset
  const [first_sect, last_sect] = [0, 0]
  encodeOver(blkifRequestSegment, geometry.abi, { gref, first_sect, last_sect }, bytes, at)
  const decoded = decodeCapture({ ...dump!, bytes, grants: undefined })
  const found = createChecker()
    .ring(decoded)
    .find(({ rule, slot }) => rule.id === 'gref-zero' && slot === first.slot)
  expect(found?.message).toBe(message)
  for (const backend of ['linux', 'qemu', 'tapdisk'] as const) {
    const verdict = backendVerdicts(decoded, backend).find(({ slot }) => slot.slot === first.slot)!
    expect([verdict.outcome, verdict.condition?.writable.includes(gref)]).toEqual(['accept', true])
  }
})
