// The JSON of `inspect`: names as in Xen's headers, u64 as decimal strings, bytes as hex.

import type { DecodedCapture } from '../../capture/decode-capture.ts'
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
import { dataJson } from './data.ts'
import { type Form, ringViewOf, type Target } from './text.ts'

/**
 * The text of one object for the ring, with what was asked for beside its indices. In pieces, since a large ring with its
 * indirect pages makes more text than a string holds.
 */
export function* inspectJson(decoded: DecodedCapture, target: Target, form: Form): Generator<string> {
  const { capture, findings } = decoded
  const { source, ...rest } = headJson(decoded)
  const head = { source, ...(capture.queue === undefined ? {} : { queue: capture.queue }), snapshot: capture.snapshot, ...rest }
  const view = ringViewOf(decoded)
  yield '{\n'
  for (const [key, value] of Object.entries({ ...head, ...targetJson(view, target, form) })) yield `${member(key, value)},\n`
  if (target.kind === 'page') yield* pagePieces(view, target.page, form)
  const areas = areasShown(view, target, form)
  for (const [n, area] of areas.entries()) {
    yield n === 0 ? '  "areas": [\n    ' : '    '
    yield* areaPieces(view, area, form)
    yield n < areas.length - 1 ? ',\n' : '\n  ],\n'
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
    case 'data':
      return { data: dataJson(target.data) }
    case 'page':
      return {}
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

function* areaPieces(view: RingView, area: Area, form: Form): Generator<string> {
  const { name, offset, size, slot } = area
  const head = { name, offset, size, ...(slot ? { slot: slotJson(slot) } : {}) }
  if (form === 'tree') yield* withTree(head, view, treeOf(view, area), '\n    ')
  else yield indented(jsonText({ ...head, ranges: spotsOf(view, area).map((spot) => spotJson(spot, view.bytes)) }, 2), 4)
}

function* pagePieces(view: RingView, page: PageView, form: Form): Generator<string> {
  const owners = pageOwners(view.ring, page.gref)
  const head = {
    gref: page.gref,
    namedBy: owners.map(({ slot: { slot, index }, place, used }) => ({ slot, index, indirect_gref: place, nr_segments: used })),
  }
  yield '  "indirect": '
  if (form === 'tree') yield* withTree(head, view, treeOfPage(page), '\n  ')
  else yield indented(jsonText({ ...head, ranges: page.spots.map((spot) => spotJson(spot, page.bytes)) }, 2), 2)
  yield ',\n'
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
    bytes: hexOf(bytes, offset, size),
  }
}

/** An object with a tree behind its members. @param line end of a line, and the indent of the object */
function* withTree(head: Json, view: RingView, node: TreeNode | undefined, line: string): Generator<string> {
  yield indented(jsonText(head, 2), line.length - 1).slice(0, -`${line}}`.length)
  yield `,${line}  "tree": `
  if (node) yield* nodePieces(view, node, `${line}  `)
  else yield 'null'
  yield `${line}}`
}

/** The text of a node. In pieces where pages are below it: none holds more than a page, or what of the ring has none. */
function* nodePieces(view: RingView, node: TreeNode, line: string): Generator<string> {
  if (node.page !== undefined || node.children.length === 0 || !hasPages(node)) {
    yield nodeText(view, node, line)
    return
  }
  const below = `${line}    `
  yield `{${nodeMembers(view, node, `${line}  `)},${line}  "children": [`
  for (const [i, child] of node.children.entries()) {
    yield i === 0 ? below : `,${below}`
    yield* nodePieces(view, child, below)
  }
  yield `${line}  ]${line}}`
}

function hasPages({ below, children }: TreeNode): boolean {
  return below !== undefined || children.some(hasPages)
}

function nodeText(view: RingView, node: TreeNode, line: string): string {
  const { children } = node
  let text = `{${nodeMembers(view, node, `${line}  `)}`
  if (children.length > 0) {
    const below = `${line}    `
    for (let i = 0; i < children.length; i++)
      text += `${i === 0 ? `,${line}  "children": [` : ','}${below}${nodeText(view, children[i]!, below)}`
    text += `${line}  ]`
  }
  return `${text}${line}}`
}

/** Names and paths are those of the tables. */
function nodeMembers(view: RingView, { name, page, offset, size, path, spot }: TreeNode, line: string): string {
  const bytes = page === undefined ? view.bytes : view.indirectPages.get(page)
  const head = `${line}"name": "${name}",${page === undefined ? '' : `${line}"page": ${page},`}`
  const place = `${head}${line}"offset": ${offset},${line}"size": ${size},${line}"path": "${path}"`
  if (!spot || !bytes) return place
  const { kind, scalar, value, meaning } = spot
  const type = scalar === undefined ? '' : `,${line}"type": "${scalar}"`
  const known = value === undefined ? '' : `,${line}"value": ${typeof value === 'bigint' ? `"${value}"` : value}`
  const words = meaning === undefined ? '' : `,${line}"meaning": ${jsonText(meaning)}`
  return `${place},${line}"kind": "${kind}"${type}${known}${words},${line}"bytes": "${hexOf(bytes, offset, size)}"`
}

function hexOf(bytes: Uint8Array, offset: number, size: number): string {
  let text = ''
  for (const byte of bytes.subarray(offset, offset + size)) text += BYTES[byte]
  return text
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byteText(byte))
