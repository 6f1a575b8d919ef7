// Spots as a tree: fields below structs below slots, and below a reference the page that it names.
import { pageOwners, pagePath } from './indirect.ts'
import { type PageView, pageView, type Spot, spotsOf } from './spot.ts'
import type { Area, RingView } from './view.ts'

/** A node of the tree of a ring's bytes: a struct, an array, a field, or a page below its reference. */
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
  /** Reference of the page that is below it. */
  readonly below: number | undefined
  /** Those of a page are made anew when they are looked at: a ring can name more pages than should be in memory at a time. */
  readonly children: readonly TreeNode[]
}

interface Growing extends TreeNode {
  size: number
  readonly children: Growing[]
}

/** The tree of an area: the header, a slot, the tail. The pages that are at hand are below the references to them. */
export function treeOf(view: RingView, area: Area): TreeNode {
  const roots: Growing[] = []
  for (const spot of spotsOf(view, area)) {
    const level = add(roots, spot, undefined, 0)
    if (spot.kind !== 'field' || !/\bindirect_grefs\[\d+\]$/.test(spot.path)) continue
    const gref = Number(spot.value)
    // A page that several references name has the path of the first.
    if (view.indirectPages.get(gref)?.length && ownerPath(view, gref) === spot.path) level.push(withPage(view, level.pop()!, gref))
  }
  return roots[0]!
}

/** What was looked at last: a page is looked at several times before the next one. */
let last: { readonly view: RingView; readonly path: string; readonly children: Growing[] } | undefined

function withPage(view: RingView, leaf: Growing, below: number): Growing {
  return {
    ...leaf,
    below,
    get children() {
      if (last?.view !== view || last.path !== leaf.path) {
        last = { view, path: leaf.path, children: [] }
        grow(last.children, pageView(view, below)!, leaf.path.split('.').length)
      }
      return last.children
    },
  }
}

const owners = new WeakMap<RingView, Map<number, string>>()

/** Of the first reference to a page. Looked for once, however many there are. */
function ownerPath(view: RingView, gref: number): string {
  const known = owners.get(view) ?? new Map<number, string>()
  owners.set(view, known)
  const path = known.get(gref) ?? pagePath(pageOwners(view.ring, gref)[0], gref)
  known.set(gref, path)
  return path
}

/** The tree of an indirect page alone; undefined where it has no bytes. */
export function treeOfPage(page: PageView): TreeNode | undefined {
  const roots: Growing[] = []
  grow(roots, page, 0)
  return roots[0]
}

function grow(level: Growing[], { spots, gref }: PageView, skip: number): void {
  for (const spot of spots) add(level, spot, gref, skip)
}

/** Spots come in the order of their bytes: a node that was left does not come again. @param skip parts of the path above @returns the nodes at the last of which it is */
function add(roots: Growing[], spot: Spot, page: number | undefined, skip: number): Growing[] {
  const parts = spot.path.split('.')
  let path = parts.slice(0, skip).join('.')
  let level = roots
  for (const name of parts.slice(skip, isNamed(spot) ? -1 : undefined)) {
    path = path === '' ? name : `${path}.${name}`
    let node = level.at(-1)
    if (node?.name !== name) {
      node = { name, path, page, offset: spot.offset, size: 0, spot: undefined, below: undefined, children: [] }
      level.push(node)
    }
    node.size = spot.offset + spot.size - node.offset
    level = node.children
  }
  const name = isNamed(spot) ? parts.at(-1)! : spot.kind === 'padding' ? 'padding' : 'unused'
  level.push({ name, path: spot.path, page, offset: spot.offset, size: spot.size, spot, below: undefined, children: [] })
  return level
}

/** The path is that of the field, not of what it is in. */
function isNamed({ scalar, kind }: Spot): boolean {
  return scalar !== undefined || kind === 'reserved'
}
