// The JSON of `inspect`: names as in Xen's headers, u64 as decimal strings, bytes as hex.

import type { DecodedDump } from '../../capture/decode-dump.ts'
import {
  type Area,
  areasOf,
  type Location,
  type PageView,
  type Picture,
  pageOwners,
  pictureOf,
  placeOfIndex,
  type RingView,
  type Spot,
  slotArea,
  spotsOf,
  type TreeNode,
  treeOf,
  treeOfPage,
} from '../../inspect/index.ts'
import { byteText } from '../../print/hex-rows.ts'
import { jsonText } from '../../print/printable.ts'
import { headJson, type Json, slotJson } from '../../rows/ring-json.ts'
import { type Form, type Target, viewOf } from './text.ts'

/**
 * The text of one object for the ring, with what was asked for beside its indices. In pieces, since a large ring with its
 * indirect pages makes more text than a string holds.
 */
export function* inspectJson(decoded: DecodedDump, target: Target, form: Form): Generator<string> {
  const { dump, findings } = decoded
  const { source, ...rest } = headJson(decoded)
  const head = { source, ...(dump.queue === undefined ? {} : { queue: dump.queue }), snapshot: dump.snapshot, ...rest }
  const view = viewOf(decoded)
  yield '{\n'
  for (const [key, value] of Object.entries({ ...head, ...targetJson(view, target, form) })) yield `${member(key, value)},\n`
  const areas = areasShown(view, target, form)
  for (const [n, area] of areas.entries()) {
    const text = indented(jsonText(areaJson(view, area, form), 2), 4)
    yield `${n === 0 ? '  "areas": [\n' : ''}    ${text}${n < areas.length - 1 ? ',\n' : '\n  ],\n'}`
  }
  yield `${member(
    'findings',
    findings.map((f) => ({ ...f })),
  )}\n}\n`
}

function member(key: string, value: Json): string {
  return `  ${jsonText(key)}: ${indented(jsonText(value, 2), 2)}`
}

function indented(json: string, by: number): string {
  return json.replaceAll('\n', `\n${' '.repeat(by)}`)
}

/** The areas that are printed with all their bytes. */
function areasShown({ ring }: RingView, target: Target, form: Form): Area[] {
  if (target.kind === 'slot') return [slotArea(ring.geometry, ring.slots[target.slot]!)]
  return target.kind === 'ring' && form !== 'picture' ? areasOf(ring) : []
}

function targetJson(view: RingView, target: Target, form: Form): { readonly [key: string]: Json } {
  switch (target.kind) {
    case 'location':
      return { at: locationJson(view, target.location) }
    case 'page':
      return { indirect: pageJson(view, target.page, form) }
    case 'slot': {
      const { index } = target
      return index === undefined ? {} : { asked: { index, onRing: placeOfIndex(view.ring, index) === 'here' } }
    }
    case 'ring':
      return form === 'picture' ? pictureJson(pictureOf(view)) : {}
  }
}

function pictureJson({ slots, positions }: Picture): { readonly [key: string]: Json } {
  return {
    positions: positions.map((p) => ({ ...p })),
    slots: slots.map(({ slot, mark, op, indirect, finding }) => {
      const { slot: place, index, state } = slot
      return { slot: place, index, state, mark, ...(op === undefined ? {} : { op, indirect }), finding }
    }),
  }
}

function areaJson(view: RingView, area: Area, form: Form): Json {
  const { name, offset, size, slot } = area
  const parts =
    form === 'tree'
      ? { tree: nodeJson(view, treeOf(view, area)) }
      : { ranges: spotsOf(view, area).map((spot) => spotJson(spot, view.bytes)) }
  return { name, offset, size, ...(slot ? { slot: slotJson(slot) } : {}), ...parts }
}

function pageJson(view: RingView, page: PageView, form: Form): Json {
  const owners = pageOwners(view.ring, page.gref)
  const tree = form === 'tree' ? treeOfPage(page) : undefined
  return {
    gref: page.gref,
    namedBy: owners.map(({ slot: { slot, index }, place, used }) => ({ slot, index, indirect_gref: place, nr_segments: used })),
    ...(form === 'tree'
      ? { tree: tree ? nodeJson(view, tree) : null }
      : { ranges: page.spots.map((spot) => spotJson(spot, page.bytes)) }),
  }
}

function locationJson({ bytes }: RingView, { offset, spot, area, indirect, page, pageOffset }: Location): Json {
  const slot = area?.slot ?? indirect?.owner?.slot
  return {
    offset,
    ...(indirect ? { gref: indirect.gref } : { page, pageOffset }),
    range: spotJson(spot, indirect?.bytes ?? bytes),
    ...(slot ? { slot: slotJson(slot) } : {}),
  }
}

function spotJson({ offset, size, path, kind, scalar, value, meaning }: Spot, bytes: Uint8Array): { readonly [key: string]: Json } {
  return {
    offset,
    size,
    path,
    kind,
    ...(scalar === undefined ? {} : { type: scalar }),
    ...(value === undefined ? {} : { value: typeof value === 'bigint' ? String(value) : value }),
    ...(meaning === undefined ? {} : { meaning }),
    bytes: Array.from(bytes.subarray(offset, offset + size), byteText).join(''),
  }
}

function nodeJson(view: RingView, node: TreeNode): Json {
  const bytes = node.page === undefined ? view.bytes : view.indirectPages.get(node.page)
  return {
    name: node.name,
    ...(node.page === undefined ? {} : { page: node.page }),
    ...(node.spot && bytes ? spotJson(node.spot, bytes) : { offset: node.offset, size: node.size, path: node.path }),
    ...(node.children.length === 0 ? {} : { children: node.children.map((child) => nodeJson(view, child)) }),
  }
}
