// What XenStore says of devices: text of xenstore-ls (indented) or xenstore-ls -f (whole paths), with or without permissions
// (-p), of one device or the whole host; and what xl prints of them.
import type { XenstoreNodes } from '../codec/xen/xenbus.ts'
import { listedByXl } from './xl.ts'

/** A block device of a listing, with as much as that says of it. */
export interface Vbd extends XenstoreNodes {
  /** The frontend's domain. */
  readonly domain: number | undefined
  /** The name of that domain. */
  readonly guest: string | undefined
  /** The nodes are the frontend's own; else the device is known from its backend, or from xl's configuration. */
  readonly published: boolean
}

const FRONTEND = /^local\/domain\/(\d{1,5})\/device\/vbd\/(\d{1,10})(?=\/|$)/
const BACKEND = /^local\/domain\/\d{1,5}\/backend\/(?:vbd\w*|qdisk|tap2?)\/(\d{1,5})\/(\d{1,10})(?=\/|$)/

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
  const backends = group(nodes, BACKEND)
  const [onlyBackend] = backends.size === 1 ? backends.values() : []
  const shared = atMost(MAX_FRONTENDS)
  const vbds = [...group(nodes, FRONTEND)].map(([path, frontend]): Vbd => {
    const named = frontend.get('backend')?.replace(/^\//, '')
    const backend = shared(named === undefined ? onlyBackend : backends.get(named))
    return { frontend, backend, published: true, ...domainOf(nodes, FRONTEND.exec(path)![1]!) }
  })
  const relative = new Map([...nodes].filter(([path]) => !path.startsWith('local/')))
  if (vbds.length === 0 && (relative.has('protocol') || [...relative.keys()].some((key) => /ring-ref\d*$/.test(key))))
    return [{ frontend: relative, backend: onlyBackend ?? new Map(), published: true, domain: undefined, guest: undefined }]
  const taken = new Set(vbds.map(({ backend }) => backend))
  for (const [path, backend] of backends) {
    if (taken.has(backend)) continue
    const [, domain, vdev] = BACKEND.exec(path)!
    const frontend = new Map([
      ['backend', `/${path}`],
      ['virtual-device', vdev!],
    ])
    vbds.push({ frontend, backend, published: false, ...domainOf(nodes, domain!) })
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

/** The queues that the frontend says it has; 0 for nonsense. */
export function queueCount({ frontend }: XenstoreNodes): number {
  const said = frontend.get('multi-queue-num-queues') ?? '1'
  const queues = /^\s*\d{1,9}\s*$/.test(said) ? Number(said) : 0
  return queues > MAX_QUEUES ? 0 : queues
}

const known = new WeakMap<XenstoreNodes, number[][]>()

/**
 * Of each queue, the grant references of its ring pages; queue 0 alone where the device has no queues of its own. A queue without
 * nodes has none, and behind MAX_EMPTY_QUEUES of these no more are listed: `queueCount` says how many there should be.
 */
export function ringRefs(device: XenstoreNodes): readonly (readonly number[])[] {
  const refs = known.get(device) ?? findRefs(device)
  known.set(device, refs)
  return refs
}

function findRefs(device: XenstoreNodes): number[][] {
  const { frontend } = device
  const queues = queueCount(device)
  const own = queues > 1 || frontend.has('queue-0/ring-ref') || frontend.has('queue-0/ring-ref0')
  if (queues > 0 && !own) return [refsBelow(frontend, '')]
  const found: number[][] = []
  for (let empty = 0; found.length < queues && empty < MAX_EMPTY_QUEUES; ) {
    const refs = refsBelow(frontend, `queue-${found.length}/`)
    found.push(refs)
    if (refs.length === 0) empty++
  }
  return found
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

/** More queues than any backend offers: Linux has one for each processor at most. */
const MAX_QUEUES = 4096
/** Queues of a device that a listing says are there and has no nodes of: a line of text stands for no more. */
const MAX_EMPTY_QUEUES = 16
/** A backend's folder is of one frontend; where devices of a guest that was migrated are left, of a few. */
const MAX_FRONTENDS = 4
/** XENSTORE_ABS_PATH_MAX of xs_wire.h: no path is longer. */
const MAX_PATH = 3072
/** Of those that anything here looks at; /local/domain/65535/backend/qdisk/65535/4294967295/multi-queue-max-queues has 75. */
const MAX_KEPT_PATH = 256

/** Every node by its path from the root, without the first slash: an indented key hangs below the lines that it is indented under. */
function nodesByPath(text: string): Map<string, string> {
  const nodes = new Map<string, string>()
  const parents: string[] = []
  for (const line of linesOf(text)) {
    const equals = line.indexOf('=')
    const value = line.slice(equals + 1).trim()
    const key = line.slice(0, Math.max(equals, 0)).trim()
    if (key === '' || key.startsWith('#') || !value.startsWith('"')) continue
    parents.length = Math.min(parents.length, line.length - line.trimStart().length)
    const path = [...parents.slice(-1), key].join('/')
    if (path.length > MAX_PATH) continue
    parents.push(path)
    if (path.length > MAX_KEPT_PATH) continue
    nodes.set(path.replace(/^\//, ''), value.slice(1, value.lastIndexOf('"')))
  }
  return nodes
}

/** One at a time: a listing can have a million. */
function* linesOf(text: string): Generator<string> {
  for (let at = 0; at <= text.length; ) {
    const end = text.indexOf('\n', at)
    yield text.slice(at, end < 0 ? text.length : end)
    if (end < 0) return
    at = end + 1
  }
}

/** Nodes below each root that matches, by the root, then by their path below it. */
function group(nodes: ReadonlyMap<string, string>, root: RegExp): Map<string, ReadonlyMap<string, string>> {
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
