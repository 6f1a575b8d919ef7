// Spots as a tree: fields below structs below slots, and below a reference the page that it names.
import { type PageView, pageView, type Spot, spotsOf } from './spot.ts'
import type { Area, RingView } from './view.ts'

export interface TreeNode {
  /** The last part of the path; of bytes that are no field `padding` or `unused`. */
  readonly name: string
  readonly path: string
  /** The indirect page that the bytes are in, by its reference; undefined in the ring. */
  readonly page: number | undefined
  /** Bytes from the start of the ring, or of the page. */
  readonly offset: number
  readonly size: number
  /** Of a leaf, and of a reference with the page below it. */
  readonly spot: Spot | undefined
  readonly children: readonly TreeNode[]
}

interface Growing {
  readonly name: string
  readonly path: string
  readonly page: number | undefined
  offset: number
  end: number
  spot: Spot | undefined
  readonly children: Growing[]
}

/** The tree of an area: the header, a slot, the tail. The pages that are at hand are below the references to them. */
export function treeOf(view: RingView, area: Area): TreeNode[] {
  const roots: Growing[] = []
  const spots = spotsOf(view, area)
  for (const spot of spots) add(roots, spot, undefined)
  for (const { path, kind, value } of spots) {
    if (kind !== 'field' || !/\bindirect_grefs\[\d+\]$/.test(path)) continue
    const page = pageView(view, Number(value))
    // A page that several references name has the path of the first.
    if (page?.spots[0]?.path.startsWith(path)) for (const spot of page.spots) add(roots, spot, page.gref)
  }
  return roots.map(grown)
}

/** The tree of an indirect page alone. */
export function treeOfPage({ spots, gref: page }: PageView): TreeNode[] {
  const roots: Growing[] = []
  for (const spot of spots) add(roots, spot, page)
  return roots.map(grown)
}

function add(roots: Growing[], spot: Spot, page: number | undefined): void {
  const parts = spot.path.split('.')
  if (spot.scalar === undefined && spot.kind !== 'reserved') parts.push(spot.kind === 'padding' ? 'padding' : 'unused')
  let level = roots
  let path = ''
  for (const [depth, name] of parts.entries()) {
    path = depth === 0 ? name : `${path}.${name}`
    const isLeaf = depth === parts.length - 1
    let node = isLeaf ? undefined : level.findLast((n) => n.name === name)
    if (!node) {
      node = { name, path: isLeaf ? spot.path : path, page, offset: spot.offset, end: spot.offset, spot: undefined, children: [] }
      level.push(node)
    }
    if (isLeaf) node.spot = spot
    if (node.page === page) node.end = spot.offset + spot.size
    level = node.children
  }
}

function grown({ name, path, page, offset, end, spot, children }: Growing): TreeNode {
  return { name, path, page, offset, size: end - offset, spot, children: children.map(grown) }
}
