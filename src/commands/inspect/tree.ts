// `inspect --tree`: byte range, path by indentation, value, meaning.
import { type RingView, segmentText, type TreeNode } from '../../inspect/index.ts'
import { type Holder, offsetText, paintOf, spotText } from '../../print/hex-rows.ts'
import type { Paint } from '../../print/style.ts'
import { beside } from '../../print/text.ts'
import type { HexdumpOptions } from './hexdump.ts'

/** A node of the first level. */
export interface TreeRoot {
  readonly node: TreeNode
  readonly holder: Holder
  /** Stands behind its name. */
  readonly text: string
}

const plain: Paint = (text) => text

/** Lines that are gathered before they are handed on. */
const BATCH = 512

/** Nodes of which no byte is in use are drawn together, unless `squeeze` is off. */
export function* treeLines(
  view: RingView,
  roots: readonly TreeRoot[],
  { style, width, squeeze }: HexdumpOptions,
): Generator<string> {
  const widest = roots.reduce((most, { node }) => Math.max(most, rangeWidth(node)), 0)
  let lines: string[] = []
  for (let i = 0; i < roots.length; i++) {
    const { node, holder, text } = roots[i]!
    const from = i
    while (i + 1 < roots.length && text === roots[i + 1]!.text && joins(node, roots[i + 1]!.node)) i++
    if (i > from) unreadLine(node, roots[i]!.node, 0, text)
    else {
      push(node, node, 0, node.name, text, style.bold)
      yield* walk(node.children, 1, holder)
    }
  }
  yield* lines

  function* walk(nodes: readonly TreeNode[], depth: number, holder: Holder): Generator<string> {
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!
      const from = i
      while (i + 1 < nodes.length && joins(node, nodes[i + 1]!)) i++
      if (i > from || (node.children.length > 0 && joins(node, node))) unreadLine(node, nodes[i]!, depth, '')
      else {
        push(node, node, depth, node.name, leafText(node), node.spot ? paintOf(node.spot.kind, holder, style) : plain)
        if (node.children.length > 0) yield* walk(node.children, depth + 1, holder)
      }
    }
    if (lines.length < BATCH) return
    yield* lines
    lines = []
  }

  function unreadLine(first: TreeNode, last: TreeNode, depth: number, text: string): void {
    const unread = isZero({ page: first.page, offset: first.offset, size: last.offset + last.size - first.offset })
      ? 'all 0'
      : 'stale'
    const name = first === last ? first.name : `${first.name} to ${last.name}`
    push(first, last, depth, name, text === '' ? unread : `${text}, ${unread}`, style.dim, style.dim)
  }

  function push(
    first: TreeNode,
    last: TreeNode,
    depth: number,
    name: string,
    text: string,
    paintName: Paint,
    paintText: Paint = plain,
  ): void {
    const at = widest + 2 + 2 * depth
    const { first: besides, below } = beside(at + name.length + 2, text, at + 4, width)
    const head = `${style.dim(rangeText(first, last).padEnd(widest))}  ${'  '.repeat(depth)}${paintName(name)}`
    lines.push(besides === '' ? head : `${head}  ${paintText(besides)}`, ...below.map((line) => paintText(line)))
  }

  function joins(a: TreeNode, b: TreeNode): boolean {
    return squeeze && isUnread(a) && isUnread(b)
  }

  /** Stale or padding, or what is left beneath a response where that is zeros. */
  function isUnread(node: TreeNode): boolean {
    const { spot } = node
    if (spot && (spot.kind === 'beneath' ? !isZero(node) : spot.kind === 'field')) return false
    return node.children.every(isUnread)
  }

  function isZero({ page, offset, size }: Pick<TreeNode, 'page' | 'offset' | 'size'>): boolean {
    const bytes = page === undefined ? view.bytes : view.indirectPages.get(page)
    return bytes?.subarray(offset, offset + size).every((b) => b === 0) ?? false
  }
}

function leafText({ spot, children }: TreeNode): string {
  if (spot) return spotText(spot)
  const segment = children[0]?.spot?.segment
  return segment ? segmentText(segment) : ''
}

/** Of the widest range of a node and of those below it; offsets are all as wide. */
function rangeWidth(node: TreeNode): number {
  if (node.below !== undefined) return rangeText({ page: node.below, offset: node.offset }, node).length
  return Math.max(rangeText(node, node).length, ...node.children.map(rangeWidth))
}

/** First and last byte: `0040-0047`, in an indirect page `118:0000-0003`. */
function rangeText(first: Pick<TreeNode, 'page' | 'offset'>, last: TreeNode): string {
  const page = first.page === undefined ? '' : `${first.page}:`
  return `${page}${offsetText(first.offset)}-${offsetText(last.offset + last.size - 1)}`
}
