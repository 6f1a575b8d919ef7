// What healthy backends and frontends other than Linux's write is no finding graver than a note.

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { createChecker, RULES } from '../../src/check/index.ts'
import { slotOffset } from '../../src/codec/ring/geometry.ts'
import { fieldOf, layoutOf } from '../../src/codec/struct/layout.ts'
import { REQUEST_STRUCTS } from '../../src/codec/xen/operations.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import type { XenstoreNodes } from '../../src/xenstore/nodes.ts'
import { dumps } from './run-check.ts'

const nodes = (frontend: Record<string, string>, backend: Record<string, string>): XenstoreNodes => ({
  frontend: new Map(Object.entries(frontend)),
  backend: new Map(Object.entries(backend)),
})

function says(rule: string, frontend: Record<string, string>, backend: Record<string, string>): string[] {
  return RULES.find(({ id }) => id === rule)!.xenstore!(nodes(frontend, backend)).map(({ message }) => message)
}

test.each([
  ['2', { 'max-ring-page-order': '2' }, []],
  ['2', { 'max-ring-pages': '4' }, []],
  ['2', { 'max-ring-pages': '4', 'max-ring-page-order': '0' }, []],
  ['2', { 'max-ring-pages': '1', 'max-ring-page-order': '4' }, []],
  ['2', { 'max-ring-pages': '3' }, ['ring-page-order is 2, and the backend takes 1']],
  ['1', { 'max-ring-pages': '0' }, ['ring-page-order is 1, and the backend takes 0']],
  ['1', { mode: 'w' }, ['ring-page-order is 1, and the backend takes 0']],
] as const)('a ring of order %s, and a backend that offers %o', (order, backend, found) => {
  expect(says('ring-page-order-over-offer', { 'ring-page-order': order }, backend)).toEqual(found)
})

test.each([
  ['4', '16', 0],
  ['0', '1', 0],
  ['4', '8', 1],
  ['4', '0', 1],
  ['4', 'many', 1],
  ['18446744073709551615', '1', 1],
] as const)('max-ring-page-order %s beside max-ring-pages %s', (order, pages, findings) => {
  const backend = { 'max-ring-page-order': order, 'max-ring-pages': pages }
  expect(says('max-ring-pages-contradicts', {}, backend)).toHaveLength(findings)
})

test("FreeBSD's handle is cut from a pointer", () => {
  const [dump] = loadDumps(join(dumps, 'direct'))
  const { geometry, slots } = decodeCapture(dump!).ring
  const bytes = Uint8Array.from(dump!.bytes)
  for (const slot of slots)
    if (slot.state === 'request') {
      const { offset } = fieldOf(layoutOf(REQUEST_STRUCTS[slot.request.kind], geometry.abi), 'handle')
      bytes.set([0x00, 0x58], slotOffset(geometry, slot.slot) + offset)
    }
  const findings = createChecker().ring(decodeCapture({ ...dump!, bytes }))
  expect(findings.map(({ rule }) => [rule.id, rule.severity])).toContainEqual(['handle-differs', 'note'])
  expect(findings.filter(({ rule }) => rule.severity !== 'note')).toEqual([])
})
