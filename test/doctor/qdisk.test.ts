// QEMU moves req_event only when nothing is in flight: taken and not taken look alike, and it does not poll.

import { expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { createChecker } from '../../src/check/index.ts'
import type { PrivateIndices } from '../../src/doctor/index.ts'
import type { XenstoreNodes } from '../../src/xenstore/nodes.ts'
import { diagnoseRing, type Indices, made, verdictsOf } from './moments.ts'

const at = (req_prod: number, req_event: number, rsp_prod: number, rsp_event: number): Indices => ({
  req_prod,
  req_event,
  rsp_prod,
  rsp_event,
})

const nodes = (frontend: Record<string, string>, backend: Record<string, string>): XenstoreNodes => ({
  frontend: new Map(Object.entries(frontend)),
  backend: new Map(Object.entries(backend)),
})
const BY_PATH = nodes({ backend: '/local/domain/0/backend/qdisk/7/51712' }, {})
const BY_TYPE = nodes({}, { type: 'qdisk' })
const LINUX = nodes({ backend: '/local/domain/0/backend/vbd/7/51712' }, { type: 'phy' })

/** Storage frozen under it, one taken read: a capture shows 172 172 171 172, and a stopped QEMU the same. */
const FROZEN = at(172, 172, 171, 172)
const BOTH = ['storage-below may', 'requests-not-taken may']

function verdicts(moments: readonly Indices[], xenstore: XenstoreNodes, interval?: number, known?: PrivateIndices): string[] {
  return verdictsOf(
    diagnoseRing(
      moments.map((indices) => ({ ...made(indices), xenstore })),
      known,
      interval,
    ),
  )
}

test.each([
  ['by its path', BY_PATH],
  ['by its type', BY_TYPE],
])('%s: storage first, then not taken, and neither more than may', (_, xenstore) => {
  expect(verdicts([FROZEN], xenstore)).toEqual(BOTH)
  expect(verdicts([FROZEN, FROZEN, FROZEN], xenstore, 600)).toEqual(BOTH)
  expect(verdicts([at(61, 48, 56, 57)], xenstore)).toEqual(BOTH)
  expect(verdicts([FROZEN, at(175, 172, 171, 172)], xenstore, 60)).toEqual(BOTH)
})

test('what is certain stays so', () => {
  expect(verdicts([at(60, 61, 45, 46), at(60, 61, 45, 46)], BY_PATH, 60)).toEqual(['storage-below certain'])
  expect(verdicts([FROZEN, FROZEN], BY_PATH, 60, { req_cons: 172 })).toEqual(['storage-below certain'])
  expect(verdicts([FROZEN], LINUX)).toEqual(['requests-not-taken may'])
})

test('an event that stands still while the ring moves is no polling', () => {
  const moving = [at(42, 37, 40, 41), at(46, 37, 44, 45), at(50, 37, 50, 51), at(54, 37, 54, 55)]
  expect(verdicts(moving, LINUX, 1)).toEqual(['moving certain', 'polling-backend likely'])
  expect(verdicts(moving, BY_PATH, 1)).toEqual(['moving certain'])
  expect(verdicts([at(40, 40, 40, 41)], BY_TYPE)).toEqual(['idle likely'])
  const frozen = (xenstore: XenstoreNodes) => {
    const checker = createChecker()
    return moving.flatMap((indices, snapshot) => {
      const { bytes } = made(indices).shown!
      const dump = {
        source: '',
        queue: undefined,
        snapshot,
        number: snapshot,
        bytes,
        indirectPages: new Map(),
        xenstore,
        findings: [],
      }
      return checker.ring(decodeCapture(dump)).filter(({ rule }) => rule.id === 'req-event-frozen').length
    })
  }
  expect(frozen(LINUX)).toEqual([0, 0, 1, 0])
  expect(frozen(BY_PATH)).toEqual([0, 0, 0, 0])
})

test('impossible indices: it serves what is claimed', () => {
  const { verdicts: found } = diagnoseRing([{ ...made(at(140, 141, 50, 51)), xenstore: BY_PATH }])
  expect(found[0]!.text).toMatch(/QEMU serves every slot/)
})

test('requests that were sent, and no answer, show a frontend that moves, and nothing of the backend', () => {
  for (const xenstore of [BY_PATH, LINUX]) {
    expect(verdicts([at(171, 172, 171, 172), FROZEN], xenstore)).toEqual(['moving may'])
    expect(verdicts([at(170, 171, 170, 171), FROZEN], xenstore)).toEqual(['moving likely'])
  }
})
