// What XenStore says of a device: text of xenstore-ls (indented) or xenstore-ls -f (whole paths), of one or both ends.

export interface DeviceNodes {
  /** Nodes of the frontend's folder by their path below it, such as `queue-0/ring-ref1`. */
  readonly frontend: ReadonlyMap<string, string>
  readonly backend: ReadonlyMap<string, string>
}

const NODE = /^( *)([^\s=][^=]*?)\s*=\s*"(.*)"/
const FRONTEND = /^local\/domain\/\d+\/device\/vbd\/\d+(?:\/|$)/
const BACKEND = /^local\/domain\/\d+\/backend\/(?:vbd|qdisk)\/\d+\/\d+(?:\/|$)/

/**
 * Finds the nodes of one block device in the output of xenstore-ls. Where the text holds several devices, the first
 * frontend that appears counts, and the backend that its `backend` node names. Lines that are no nodes are skipped.
 */
export function parseXenstore(text: string): DeviceNodes {
  const nodes = absolutePaths(text)
  const frontendRoot = firstRoot(nodes, FRONTEND)
  const frontend = frontendRoot === undefined ? withoutRoot(nodes) : below(nodes, frontendRoot)
  const named = frontend.get('backend')?.replace(/^\//, '')
  const backendRoot = named !== undefined && below(nodes, named).size > 0 ? named : firstRoot(nodes, BACKEND)
  return { frontend, backend: backendRoot === undefined ? new Map() : below(nodes, backendRoot) }
}

/** Of each queue, the grant references of its ring pages; queue 0 alone where the device has no queues of its own. */
export function ringRefs({ frontend }: DeviceNodes): number[][] {
  const queues = Number(frontend.get('multi-queue-num-queues') ?? 1)
  if (!Number.isInteger(queues) || queues < 1 || queues > 4096) return []
  const prefixes =
    queues > 1 || frontend.has('queue-0/ring-ref') || frontend.has('queue-0/ring-ref0')
      ? Array.from({ length: queues }, (_, q) => `queue-${q}/`)
      : ['']
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
function absolutePaths(text: string): Map<string, string> {
  const nodes = new Map<string, string>()
  const parents: string[] = []
  for (const line of text.split(/\r?\n/)) {
    const match = NODE.exec(line)
    if (!match) continue
    const [, indent, key, value] = match as unknown as [string, string, string, string]
    parents.length = Math.min(parents.length, indent.length)
    parents.push(key)
    nodes.set(parents.join('/').replace(/^\//, ''), value)
  }
  return nodes
}

function firstRoot(nodes: ReadonlyMap<string, string>, root: RegExp): string | undefined {
  for (const path of nodes.keys()) {
    const match = root.exec(path)
    if (match) return match[0].replace(/\/$/, '')
  }
  return undefined
}

function below(nodes: ReadonlyMap<string, string>, root: string): Map<string, string> {
  const prefix = `${root}/`
  const found = [...nodes].filter(([path]) => path.startsWith(prefix))
  return new Map(found.map(([path, value]) => [path.slice(prefix.length), value]))
}

/** xenstore-ls of the frontend's own folder prints keys without it. */
function withoutRoot(nodes: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...nodes].filter(([path]) => !path.startsWith('local/')))
}
