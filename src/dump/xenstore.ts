// What XenStore says of devices: text of xenstore-ls (indented) or xenstore-ls -f (whole paths), of one device or the whole host.

import type { XenstoreNodes } from '../codec/xen/xenbus.ts'

const FRONTEND = /^local\/domain\/\d+\/device\/vbd\/\d+(?=\/|$)/
const BACKEND = /^local\/domain\/\d+\/backend\/(?:vbd|qdisk)\/\d+\/\d+(?=\/|$)/

/**
 * The block devices in the output of xenstore-ls, in the order of the text: each frontend with the backend that it names.
 * Text of one frontend's own folder has no paths, and is one device. Lines that are no nodes are skipped.
 */
export function parseXenstore(text: string): XenstoreNodes[] {
  const nodes = nodesByPath(text)
  const frontends = group(nodes, FRONTEND)
  const backends = group(nodes, BACKEND)
  const relative = new Map([...nodes].filter(([path]) => !path.startsWith('local/')))
  const devices = [...frontends.values()]
  if (devices.length === 0 && (relative.has('protocol') || [...relative.keys()].some((key) => /ring-ref\d*$/.test(key))))
    devices.push(relative)
  const [onlyBackend] = backends.size === 1 ? backends.values() : []
  return devices.map((frontend) => {
    const named = frontend.get('backend')?.replace(/^\//, '')
    return { frontend, backend: (named === undefined ? undefined : backends.get(named)) ?? onlyBackend ?? new Map() }
  })
}

/** Of each queue, the grant references of its ring pages; queue 0 alone where the device has no queues of its own. */
export function ringRefs({ frontend }: XenstoreNodes): number[][] {
  const queues = Number(frontend.get('multi-queue-num-queues') ?? 1)
  if (!Number.isInteger(queues) || queues < 1 || queues > 4096) return []
  const own = queues > 1 || frontend.has('queue-0/ring-ref') || frontend.has('queue-0/ring-ref0')
  const prefixes = own ? Array.from({ length: queues }, (_, q) => `queue-${q}/`) : ['']
  return prefixes.map((prefix) => refsBelow(frontend, prefix))
}

function refsBelow(frontend: ReadonlyMap<string, string>, prefix: string): number[] {
  const single = frontend.get(`${prefix}ring-ref`)
  if (single !== undefined) return [Number(single)]
  const refs: number[] = []
  for (let i = 0; ; i++) {
    const ref = frontend.get(`${prefix}ring-ref${i}`)
    if (ref === undefined) return refs
    refs.push(Number(ref))
  }
}

/** Every node by its path from the root, without the first slash: an indented key hangs below the lines that it is indented under. */
function nodesByPath(text: string): Map<string, string> {
  const nodes = new Map<string, string>()
  const parents: string[] = []
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=')
    const value = line.slice(equals + 1).trim()
    const key = line.slice(0, Math.max(equals, 0)).trim()
    if (key === '' || key.startsWith('#') || !value.startsWith('"')) continue
    parents.length = Math.min(parents.length, line.length - line.trimStart().length)
    parents.push(key)
    nodes.set(parents.join('/').replace(/^\//, ''), value.slice(1, value.lastIndexOf('"')))
  }
  return nodes
}

/** Nodes below each root that matches, by the root, then by their path below it. */
function group(nodes: ReadonlyMap<string, string>, root: RegExp): Map<string, Map<string, string>> {
  const groups = new Map<string, Map<string, string>>()
  for (const [path, value] of nodes) {
    const found = root.exec(path)?.[0]
    if (found === undefined) continue
    let below = groups.get(found)
    if (!below) {
      below = new Map()
      groups.set(found, below)
    }
    if (path.length > found.length) below.set(path.slice(found.length + 1), value)
  }
  return groups
}
