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

interface Line {
  readonly range: string
  readonly depth: number
  readonly name: string
  readonly text: string
  readonly paintName: Paint
  readonly paintText: Paint
}

const plain: Paint = (text) => text

/** Nodes of which no byte is in use are drawn together, unless `squeeze` is off. @param roots taken one after another */
export function* treeLines(
  view: RingView,
  roots: Iterable<TreeRoot>,
  { style, width, squeeze }: HexdumpOptions,
): Generator<string> {
  const lines: Line[] = []
  let run: TreeRoot[] = []
  for (const root of roots) {
    const [first] = run
    if (first && first.text === root.text && joins(first.node, root.node)) run.push(root)
    else {
      showRoots(run)
      run = [root]
    }
  }
  showRoots(run)
  const widest = lines.reduce((most, { range }) => Math.max(most, range.length), 0)
  for (const { range, depth, name, text, paintName, paintText } of lines) {
    const at = widest + 2 + 2 * depth
    const { first, below } = beside(at + name.length + 2, text, at + 4, width)
    const head = `${style.dim(range.padEnd(widest))}  ${'  '.repeat(depth)}${paintName(name)}`
    yield first === '' ? head : `${head}  ${paintText(first)}`
    for (const line of below) yield paintText(line)
  }

  function showRoots(run: readonly TreeRoot[]): void {
    const [root] = run
    if (!root) return
    if (run.length > 1) unreadLine(root.node, run.at(-1)!.node, 0, root.text)
    else {
      push(root.node, root.node, 0, root.node.name, root.text, style.bold)
      walk(root.node.children, 1, root.holder)
    }
  }

  function walk(nodes: readonly TreeNode[], depth: number, holder: Holder): void {
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!
      const from = i
      while (i + 1 < nodes.length && joins(node, nodes[i + 1]!)) i++
      if (i > from || (node.children.length > 0 && joins(node, node))) unreadLine(node, nodes[i]!, depth, '')
      else {
        push(node, node, depth, node.name, leafText(node), node.spot ? paintOf(node.spot.kind, holder, style) : plain)
        walk(node.children, depth + 1, holder)
      }
    }
  }

  function unreadLine(first: TreeNode, last: TreeNode, depth: number, text: string): void {
    const unread = isZero({ ...first, size: last.offset + last.size - first.offset }) ? 'all 0' : 'stale'
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
    lines.push({ range: rangeText(first, last), depth, name, text, paintName, paintText })
  }

  function joins(a: TreeNode, b: TreeNode): boolean {
    return squeeze && isUnread(a) && isUnread(b)
  }

  /** Stale or padding, or what is left beneath a response where that is zeros. */
  function isUnread(node: TreeNode): boolean {
    const { spot, children } = node
    if (!children.every(isUnread)) return false
    return !spot || (spot.kind === 'beneath' ? isZero(node) : spot.kind !== 'field')
  }

  function isZero({ page, offset, size }: TreeNode): boolean {
    const bytes = page === undefined ? view.bytes : view.indirectPages.get(page)
    return bytes?.subarray(offset, offset + size).every((b) => b === 0) ?? false
  }
}

function leafText({ spot, children }: TreeNode): string {
  if (spot) return spotText(spot)
  const segment = children[0]?.spot?.segment
  return segment ? segmentText(segment) : ''
}

/** First and last byte: `0040-0047`, in an indirect page `118:0000-0003`. */
function rangeText(first: TreeNode, last: TreeNode): string {
  const page = first.page === undefined ? '' : `${first.page}:`
  return `${page}${offsetText(first.offset)}-${offsetText(last.offset + last.size - 1)}`
}
