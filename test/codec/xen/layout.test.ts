// Every size and offset that our tables have, against what a C compiler printed from the real headers
// (test/support/layout.json: Linux 4.4, 4.9, 6.1 with blkback's common.h, QEMU, and Xen 4.17's libxen-dev).
import { expect, test } from 'vitest'
import { ringGeometry } from '../../../src/codec/ring/geometry.ts'
import { type Abi, x86_32, x86_64 } from '../../../src/codec/struct/abi.ts'
import type { Struct, Union } from '../../../src/codec/struct/c-types.ts'
import { fieldOf, layoutOf } from '../../../src/codec/struct/layout.ts'
import {
  blkifRequest,
  blkifRequestDiscard,
  blkifRequestIndirect,
  blkifRequestSegment,
  blkifResponse,
  blkifSring,
  blkifSringEntry,
} from '../../../src/codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../../../src/codec/xen/ring.ts'
import compiled from '../../support/layout.json' with { type: 'json' }

interface CompiledStruct {
  size: number
  align: number
  fields: Record<string, [offset: number, size: number]>
}

/** The kernel wraps the members of a request in a union behind `operation`; our tables, like Xen's, include it. */
const BEHIND_OPERATION = 1

const TABLES: Record<string, Struct | Union> = {
  'struct blkif_request_segment': blkifRequestSegment,
  'struct blkif_request': blkifRequest,
  'struct blkif_request_rw': blkifRequest,
  'struct blkif_request_discard': blkifRequestDiscard,
  'struct blkif_request_indirect': blkifRequestIndirect,
  'struct blkif_response': blkifResponse,
  'union blkif_sring_entry': blkifSringEntry,
  'struct blkif_sring': blkifSring,
}

const UNION_MEMBERS: Record<string, Struct> = {
  rw: blkifRequest,
  discard: blkifRequestDiscard,
  indirect: blkifRequestIndirect,
}

const sources = Object.entries(compiled).filter(([source]) => source !== '_units') as unknown as [
  string,
  Record<string, CompiledStruct>,
][]

/** blkback and QEMU name both layouts in one header: `struct blkif_x86_32_request`. */
function abiOf(source: string, name: string): Abi {
  if (name.includes('x86_32')) return x86_32
  if (name.includes('x86_64')) return x86_64
  return source.endsWith('/x86_32') ? x86_32 : x86_64
}

function plainName(name: string): string {
  return name.replace(/blkif_x86_(32|64)_/, 'blkif_').replace(/ blkif_x86_(32|64)$/, ' blkif')
}

for (const [source, structs] of sources) {
  test(`tables equal the compiler's layout: ${source}`, () => {
    let compared = 0
    for (const [name, c] of Object.entries(structs)) {
      const table = TABLES[plainName(name)]
      if (!table) continue
      const abi = abiOf(source, name)
      const layout = layoutOf(table, abi)
      const inUnion = !('operation' in c.fields) && /_request_(discard|indirect|rw)$/.test(name)
      const shift = inUnion ? BEHIND_OPERATION : 0
      if (!inUnion) expect({ name, size: layout.size }).toEqual({ name, size: c.size })
      for (const [path, [offset, size]] of Object.entries(c.fields)) {
        if (/_pad\d$/.test(path) || path === 'u') continue
        // blkback puts the host's own response struct into the unions of both layouts.
        if (source.includes('blkback') && path === 'rsp') continue
        const [, member, inner] = /^u\.(\w+)\.(\w+)$/.exec(path) ?? []
        const owner = member ? layoutOf(UNION_MEMBERS[member]!, abi) : layout
        const field = fieldOf(owner, inner ?? path)
        expect({ name, path, offset: field.offset, size: field.size }).toEqual({ name, path, offset: offset + shift, size })
        compared++
      }
    }
    expect(compared).toBeGreaterThan(10)
  })

  test(`ring sizes for 1 to 16 pages: ${source}`, () => {
    const sizes = Object.entries(structs).filter(([name]) => name.startsWith('CONST_RING_SIZE'))
    expect(sizes.length).toBeGreaterThan(0)
    for (const [name, byPages] of sizes) {
      const ours = Object.keys(byPages).map((pages) => [pages, ringGeometry(abiOf(source, name), Number(pages)).nr_ents])
      expect(Object.fromEntries(ours)).toEqual(byPages)
    }
  })
}

test.each([
  [x86_64, [448, 960, 1984, 4032, 8128]],
  [x86_32, [576, 1216, 2496, 5056, 10176]],
])('unused tail bytes of 1 to 16 pages: %o', (abi, tails) => {
  expect([1, 2, 4, 8, 16].map((pages) => pages * XEN_PAGE_SIZE - ringGeometry(abi, pages).tailAt)).toEqual(tails)
})
