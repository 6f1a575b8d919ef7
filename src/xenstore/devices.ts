// What XenStore says of devices: text of xenstore-ls (indented) or xenstore-ls -f (whole paths), with or without permissions
// (-p), of one device or the whole host; and what xl prints of them.
import { nodesByPath } from './listing.ts'
import { type EndPath, parseBlockBackendPath, parseFrontendPath } from './names.ts'
import type { Vbd, XenstoreNodes } from './nodes.ts'
import { listedByXl } from './xl.ts'

/** A backend's folder is of one frontend; where devices of a guest that was migrated are left, of a few. */
const MAX_FRONTENDS = 4

/**
 * The block devices in the output of xenstore-ls, in the order of the text: each frontend with the backend that it names.
 * Text of one frontend's own folder has no paths, and is one device. `xl block-list` is read as well. Lines that are no nodes
 * are skipped.
 */
export function parseXenstore(text: string): XenstoreNodes[] {
  return listVbds(text).filter(({ published }) => published)
}

/** All block devices that a listing names: also those of which it has the backend alone, and those of `xl list -l`. */
export function listVbds(text: string): Vbd[] {
  const listed = listedByXl(text)
  if (listed) return listed
  const nodes = nodesByPath(text)
  const backends = group(nodes, parseBlockBackendPath)
  const [onlyBackend] = backends.size === 1 ? backends.values() : []
  const shared = atMost(MAX_FRONTENDS)
  const vbds = [...group(nodes, parseFrontendPath).values()].map(({ end, nodes: frontend }): Vbd => {
    const named = frontend.get('backend')?.replace(/^(?=[^/])/, '/')
    const backend = shared((named === undefined ? onlyBackend : backends.get(named))?.nodes)
    return { frontend, backend, published: true, ...domainOf(nodes, end.domain) }
  })
  const relative = new Map([...nodes].filter(([path]) => !path.startsWith('local/')))
  if (vbds.length === 0 && (relative.has('protocol') || [...relative.keys()].some((key) => /ring-ref\d*$/.test(key)))) {
    const backend = onlyBackend?.nodes ?? new Map<string, string>()
    return [{ frontend: relative, backend, published: true, domain: undefined, guest: undefined }]
  }
  const taken = new Set(vbds.map(({ backend }) => backend))
  for (const { end, nodes: backend } of backends.values()) {
    if (taken.has(backend)) continue
    const frontend = new Map([
      ['backend', end.path],
      ['virtual-device', end.vdev],
    ])
    vbds.push({ frontend, backend, published: false, ...domainOf(nodes, end.domain) })
  }
  return vbds
}

function domainOf(nodes: ReadonlyMap<string, string>, domain: string): Pick<Vbd, 'domain' | 'guest'> {
  return { domain: Number(domain), guest: nodes.get(`local/domain/${domain}/name`) }
}

/** Gives the same nodes to so many devices, and none to more: each prints them. */
function atMost(most: number): (nodes: ReadonlyMap<string, string> | undefined) => ReadonlyMap<string, string> {
  const uses = new Map<unknown, number>()
  return (nodes) => {
    const before = uses.get(nodes) ?? 0
    uses.set(nodes, before + 1)
    return nodes && before < most ? nodes : new Map<string, string>()
  }
}

interface Group {
  readonly end: EndPath
  readonly nodes: Map<string, string>
}

/** Nodes below each end that the paths name, by the path of the end, then by their own below it. */
function group(nodes: ReadonlyMap<string, string>, parse: (path: string) => EndPath | undefined): Map<string, Group> {
  const groups = new Map<string, Group>()
  for (const [path, value] of nodes) {
    const end = parse(path)
    if (!end) continue
    let found = groups.get(end.path)
    if (!found) {
      found = { end, nodes: new Map() }
      groups.set(end.path, found)
    }
    // The paths of a listing have no first slash.
    if (path.length >= end.path.length) found.nodes.set(path.slice(end.path.length), value)
  }
  return groups
}
