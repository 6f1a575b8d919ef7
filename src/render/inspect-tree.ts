// `inspect --tree`: byte range, path by indentation, value, meaning.
import type { RingView, TreeNode } from '../inspect/index.ts'
import { segmentText } from '../inspect/index.ts'
import { type Holder, offsetText, paintOf, spotText } from './hex-rows.ts'
import type { HexdumpOptions } from './hexdump.ts'

/** A node of the first level, and what to say of it. */
export interface TreeRoot {
  readonly node: TreeNode
  readonly holder: Holder
  /** Stands behind its name. */
  readonly text: string
}

interface Line {
  readonly range: string
  readonly text: string
}

/** Nodes of which no byte is in use are drawn together, unless `squeeze` is off. */
export function treeLines(view: RingView, roots: readonly TreeRoot[], options: HexdumpOptions): string[] {
  const { style, squeeze } = options
  const lines: Line[] = []
  for (const run of runsOf(
    roots,
    ({ node }) => node,
    (a, b) => a.text === b.text,
  )) {
    const [{ node, holder, text }] = run as [TreeRoot]
    const last = run.at(-1)!.node
    if (run.length > 1) unreadLine(node, last, 0, text)
    else {
      push(node, node, 0, style.bold(node.name), text)
      walk(node.children, 1, holder)
    }
  }
  const widest = Math.max(0, ...lines.map(({ range }) => range.length))
  return lines.map(({ range, text }) => `${style.dim(range.padEnd(widest))}  ${text}`)

  function walk(nodes: readonly TreeNode[], depth: number, holder: Holder): void {
    for (const run of runsOf(nodes, (node) => node)) {
      const [node] = run as [TreeNode]
      if (run.length > 1 || (squeeze && node.children.length > 0 && isUnread(node))) unreadLine(node, run.at(-1)!, depth)
      else {
        const paint = node.spot ? paintOf(node.spot.kind, holder, style) : (text: string) => text
        push(node, node, depth, paint(node.name), leafText(node))
        walk(node.children, depth + 1, holder)
      }
    }
  }

  function unreadLine(first: TreeNode, last: TreeNode, depth: number, text = ''): void {
    push(
      first,
      last,
      depth,
      style.dim(first === last ? first.name : `${first.name} to ${last.name}`),
      style.dim(text === '' ? unreadText(first, last) : `${text}, ${unreadText(first, last)}`),
    )
  }

  function push(first: TreeNode, last: TreeNode, depth: number, name: string, text: string): void {
    lines.push({ range: rangeText(first, last), text: `${'  '.repeat(depth)}${name}${text === '' ? '' : `  ${text}`}` })
  }

  function runsOf<T>(items: readonly T[], nodeOf: (item: T) => TreeNode, alike: (a: T, b: T) => boolean = () => true): T[][] {
    const runs: T[][] = []
    for (const item of items) {
      const run = runs.at(-1)
      if (squeeze && run && isUnread(nodeOf(run[0]!)) && isUnread(nodeOf(item)) && alike(run[0]!, item)) run.push(item)
      else runs.push([item])
    }
    return runs
  }

  function unreadText(first: TreeNode, last: TreeNode): string {
    return isZero({ ...first, size: last.offset + last.size - first.offset }) ? 'all 0' : 'stale'
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
