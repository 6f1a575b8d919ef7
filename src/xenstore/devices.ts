// What XenStore says of devices: text of xenstore-ls of one device, a folder, a guest or the whole host; and what xl and xend print of
// them.
import type { UnpastedLine } from '../paste/unpaste.ts'
import { type DeviceEnd, endsOf } from './ends.ts'
import { readListing } from './listing.ts'
import { parseBackendPath, parseErrorPath } from './names.ts'
import { backendNamed, knownNodes, type Vbd, type XenstoreNodes } from './nodes.ts'
import { readXend } from './sxp.ts'
import { vdevOfName } from './vdev.ts'
import { readBlockList, readConfigurations } from './xl.ts'

/** A backend's folder is of one frontend; where devices of a guest that was migrated are left, of a few. */
const MAX_FRONTENDS = 4

/** The block devices that a text names, and what of the text is no part of it. */
export interface VbdListing {
  readonly vbds: readonly Vbd[]
  /** How many nodes of XenStore the text has, whatever they are of. */
  readonly nodes: number
  /** Lines that nothing was read from, empty ones and comments aside. */
  readonly others: readonly UnpastedLine[]
}

/**
 * The block devices in the output of xenstore-ls, in the order of the text: each frontend with the backend that it names.
 * Text of one frontend's own folder has no paths, and is one device. `xl block-list` is read as well. Lines that are no nodes
 * are skipped.
 */
export function parseXenstore(text: string): XenstoreNodes[] {
  return listVbds(text).filter(({ published }) => published)
}

/** All block devices that a listing names: also those of which it has the backend alone, and those of `xl list -l` and `xm list -l`. */
export function listVbds(text: string): readonly Vbd[] {
  return readVbds(text).vbds
}

/** The same, with what was not read. */
export function readVbds(text: string): VbdListing {
  const { nodes, others } = readListing(text)
  const vbds = vbdsOfNodes(nodes)
  const known = new Set(vbds.map(nameOf))
  let rest = others
  for (const read of [readBlockList, readConfigurations, readXend]) {
    if (rest.length === 0) break
    const found = read(rest)
    if (!found) continue
    rest = found.rest
    for (const vbd of found.vbds) {
      const name = nameOf(vbd)
      if (known.has(name)) continue
      known.add(name)
      vbds.push(vbd)
    }
  }
  return { vbds, nodes: nodes.size, others: rest }
}

/** A device of a guest, whatever else is said of it. */
function nameOf({ domain, vdev: said, backend }: Vbd): string | symbol {
  const vdev = said ?? vdevOfName(backend.get('dev') ?? '')
  return domain === undefined || vdev === undefined ? Symbol() : `${domain} ${vdev}`
}

function vbdsOfNodes(nodes: ReadonlyMap<string, string>): Vbd[] {
  const { frontends, backends, records } = endsOf(nodes)
  const byPath = new Map(backends.map((end) => [end.path, end]))
  const byFrontend = new Map(backends.flatMap((end) => (end.path === undefined ? [[keyOf(end), end] as const] : [])))
  const [onlyBackend] = backends.length === 1 ? backends : []
  const shared = atMost(MAX_FRONTENDS)
  const taken = new Set<DeviceEnd>()
  const vbds: Vbd[] = []
  const errorOf = errorsIn(nodes)
  const add = (end: DeviceEnd, ends: Pick<Vbd, 'frontend' | 'backend' | 'published'>) => {
    const domain = end.domain === undefined ? undefined : Number(end.domain)
    const errors = errorOf(end, ends.frontend.get('backend'))
    vbds.push({ ...ends, ...(errors ? { errors } : {}), domain, vdev: end.vdev, guest: guestOf(nodes, end.domain) })
  }
  for (const end of frontends) {
    const named = backendNamed(end.nodes)
    const back = named === undefined ? onlyBackend : (byPath.get(parseBackendPath(named)?.path) ?? byFrontend.get(keyOf(end)))
    if (back) taken.add(back)
    add(end, { frontend: end.nodes, backend: shared(back?.nodes), published: true })
  }
  for (const end of backends) if (!taken.has(end)) add(end, { frontend: frontendOf(end), backend: end.nodes, published: false })
  const known = new Set(vbds.map(nameOf))
  for (const end of records) {
    const { domain, vdev } = end
    if (known.has(`${Number(domain)} ${vdev}`)) continue
    // The state that it keeps is that of the day on which the device was made.
    const backend = new Map([...end.nodes].filter(([key]) => key !== 'state' && key !== 'backend'))
    const path = end.nodes.get('backend')
    add(end, { frontend: frontendOf({ ...end, path }), backend, published: false })
  }
  return vbds
}

/** What the drivers of a device's two ends have given up with. */
function errorsIn(nodes: ReadonlyMap<string, string>): (end: DeviceEnd, backend: string | undefined) => XenstoreNodes['errors'] {
  const errors = new Map<string, string>()
  for (const [path, value] of nodes) {
    const error = value === '' ? undefined : parseErrorPath(path)
    if (error) errors.set(`${error.domain ?? ''} ${error.end}`, value)
  }
  if (errors.size === 0) return () => undefined
  const find = (domain: string | undefined, end: string) => errors.get(`${domain} ${end}`) ?? errors.get(` ${end}`)
  return ({ domain, vdev }, named) => {
    const back = parseBackendPath(named)
    const frontend = find(domain, `device/vbd/${vdev}`)
    const backend = back && find(back.backendDomain, `backend/${back.kind}/${back.domain}/${back.vdev}`)
    return frontend === undefined && backend === undefined ? undefined : { frontend, backend }
  }
}

function keyOf({ domain, vdev }: DeviceEnd): string {
  return `${domain} ${vdev}`
}

/** What is known of a frontend whose nodes are not there. */
function frontendOf({ path, vdev }: DeviceEnd): ReadonlyMap<string, string> {
  return knownNodes({ backend: path, 'virtual-device': vdev })
}

/** The name of a domain; of the listing of one domain's folder, it has no path. */
function guestOf(nodes: ReadonlyMap<string, string>, domain: string | undefined): string | undefined {
  if (domain === undefined) return undefined
  for (const folder of [`local/domain/${domain}/`, `domain/${domain}/`, `${domain}/`]) {
    const name = nodes.get(`${folder}name`)
    if (name !== undefined) return name
  }
  return nodes.get('domid') === domain ? nodes.get('name') : undefined
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
