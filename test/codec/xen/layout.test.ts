// Every size and offset that our tables have, against what a C compiler printed from the real headers
// (test/support/layout.json: Linux 4.4, 4.9, 6.1 with blkback's common.h, QEMU, Xen 4.17's libxen-dev, and grant_table.h).
import { expect, test } from 'vitest'
import { ringGeometry } from '../../../src/codec/ring/geometry.ts'
import { type Abi, arm, x86_32, x86_64 } from '../../../src/codec/struct/abi.ts'
import { annotate } from '../../../src/codec/struct/annotate.ts'
import type { Struct, Union } from '../../../src/codec/struct/c-types.ts'
import { fieldOf, type Layout, layoutOf } from '../../../src/codec/struct/layout.ts'
import {
  blkifIndirectPage,
  blkifRequest,
  blkifRequestDiscard,
  blkifRequestIndirect,
  blkifRequestSegment,
  blkifResponse,
  blkifSring,
  blkifSringEntry,
} from '../../../src/codec/xen/blkif.ts'
import { grantEntryHeader, grantEntryV1, grantEntryV2 } from '../../../src/codec/xen/grant-table.ts'
import { sringHeader, XEN_PAGE_SIZE } from '../../../src/codec/xen/ring.ts'
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
  'struct grant_entry_v1': grantEntryV1,
  'struct grant_entry_header': grantEntryHeader,
  'union grant_entry_v2': grantEntryV2,
}

/** What the compiler printed that no table is compared with. */
const WITHOUT_TABLE = [
  // Compared with `ringGeometry` below.
  'CONST_RING_SIZE blkif',
  // Says which machine the compiler printed for.
  'sizeof(long)',
  // Linux only: where it finds the id of an operation that it has no other struct for.
  'struct blkif_request_other',
]

const UNION_MEMBERS: Record<string, Struct> = {
  rw: blkifRequest,
  discard: blkifRequestDiscard,
  indirect: blkifRequestIndirect,
}

const sources = Object.entries(compiled).filter(([source]) => source !== '_units') as unknown as [
  string,
  Record<string, CompiledStruct>,
][]

/** What the compiler printed for. */
function hostOf(source: string): Abi {
  return /[/_m]32$/.test(source) ? x86_32 : x86_64
}

/** blkback and QEMU name both layouts in one header: `struct blkif_x86_32_request`. */
function abiOf(source: string, name: string): Abi {
  if (name.includes('x86_32')) return x86_32
  if (name.includes('x86_64')) return x86_64
  return hostOf(source)
}

function plainName(name: string): string {
  return name.replace(/blkif_x86_(32|64)_/, 'blkif_').replace(/ blkif_x86_(32|64)$/, ' blkif')
}

/** Padding is named as each header likes, and a `u` is compared member by member. */
function hasNoField(path: string): boolean {
  return /_pad\d$/.test(path) || path === 'u'
}

const met = new Set<string>()

for (const [source, structs] of sources) {
  test(`tables equal the compiler's layout: ${source}`, () => {
    expect(structs['sizeof(long)']).toBe(hostOf(source) === x86_32 ? 4 : 8)
    for (const [name, c] of Object.entries(structs)) {
      const table = TABLES[plainName(name)]
      if (!table) {
        expect(WITHOUT_TABLE).toContain(plainName(name))
        continue
      }
      met.add(plainName(name))
      const said = abiOf(source, name)
      for (const abi of said === x86_64 ? [x86_64, arm] : [said]) compare(table, abi, source, name, c)
    }
  })
}

function compare(table: Struct | Union, abi: Abi, source: string, name: string, c: CompiledStruct): void {
  const layout = layoutOf(table, abi)
  const inUnion = !('operation' in c.fields) && /_request_(discard|indirect|rw)$/.test(name)
  const shift = inUnion ? BEHIND_OPERATION : 0
  // Linux's discard has one more byte of padding than fits in Xen's.
  const tail = '_pad3' in c.fields && name.endsWith('_discard') ? 1 : 0
  expect({ name, size: layout.size }).toEqual({ name, size: c.size + shift - tail })
  for (const [path, [offset, size]] of Object.entries(c.fields)) {
    // blkback puts the response of the machine that it runs on into the unions of both layouts.
    if (hasNoField(path) || (path === 'rsp' && source.includes('blkback') && abi.u64Align !== hostOf(source).u64Align)) continue
    const [, member, inner] = /^u\.(\w+)\.(\w+)$/.exec(path) ?? []
    const owner = member ? layoutOf(UNION_MEMBERS[member]!, abi) : layout
    const field = inner ? fieldOf(owner, inner) : fieldAt(owner, path, abi)
    expect({ name, path, offset: field.offset, size: field.size }).toEqual({ name, path, offset: offset + shift, size })
  }
}

/** `full_page.frame` is the field of a field; its offset is that in the whole. */
function fieldAt(layout: Layout, path: string, abi: Abi): { offset: number; size: number } {
  const [name, ...below] = path.split('.')
  const field = fieldOf(layout, name!)
  if (below.length === 0) return field
  const { offset, size } = fieldAt(layoutOf(field.type as Struct, abi), below.join('.'), abi)
  return { offset: field.offset + offset, size }
}

test('every table was compared', () => {
  expect([...met].sort()).toEqual(Object.keys(TABLES).sort())
})

const withRings = sources.filter(([source]) => !source.startsWith('xen-grant_table.h/'))

for (const [source, structs] of withRings)
  test(`ring sizes for 1 to 16 pages: ${source}`, () => {
    const sizes = Object.entries(structs).filter(([name]) => name.startsWith('CONST_RING_SIZE'))
    expect(sizes.length).toBeGreaterThan(0)
    for (const [name, byPages] of sizes) {
      const said = abiOf(source, name)
      for (const abi of said === x86_64 ? [x86_64, arm] : [said]) {
        const ours = Object.keys(byPages).map((pages) => [pages, ringGeometry(abi, Number(pages)).nr_ents])
        expect(Object.fromEntries(ours)).toEqual(byPages)
      }
    }
  })

test.each([
  [x86_64, [448, 960, 1984, 4032, 8128]],
  [x86_32, [576, 1216, 2496, 5056, 10176]],
  [arm, [448, 960, 1984, 4032, 8128]],
])('unused tail bytes of 1 to 16 pages: %o', (abi, tails) => {
  expect([1, 2, 4, 8, 16].map((pages) => pages * XEN_PAGE_SIZE - ringGeometry(abi, pages).tailAt)).toEqual(tails)
})

test.each([x86_64, x86_32, arm])('what no header has a struct for: the head of a ring, and an indirect page: %o', (abi) => {
  expect(layoutOf(sringHeader, abi).size).toBe(64)
  expect(layoutOf(blkifIndirectPage, abi).size).toBe(4096)
  const grefs = annotate(blkifIndirectPage, abi).filter((range) => range.path.endsWith('.gref'))
  expect(grefs.map((range) => range.offset)).toEqual(Array.from({ length: 512 }, (_, i) => 8 * i))
})
