// The nodes of a device, read with care: a node is text, and may be missing or nonsense.

/** Nodes of a device's two ends by their path below the end's folder, such as `queue-0/ring-ref1`. */
export interface XenstoreNodes {
  readonly frontend: ReadonlyMap<string, string>
  readonly backend: ReadonlyMap<string, string>
  /** What either end gave up with, which stands beside its folder: `error/device/vbd/51712/error` of its domain. */
  readonly errors?: { readonly frontend?: string | undefined; readonly backend?: string | undefined } | undefined
}

/** A block device of a listing, with as much as that says of it. */
export interface Vbd extends XenstoreNodes {
  /** The frontend's domain. */
  readonly domain: number | undefined
  /** The whole number of the device, as it stands there. */
  readonly vdev: string | undefined
  /** The name of that domain. */
  readonly guest: string | undefined
  /** The nodes are the frontend's own; else the device is known from its backend, or from xl's configuration. */
  readonly published: boolean
}

/** Nodes of those whose values are known: what is no text is left out. */
export function knownNodes(known: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(known).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/** The folder of the backend that a frontend names, or xl's record of it, with its first slash. */
export function backendNamed(nodes: ReadonlyMap<string, string>): string | undefined {
  return nodes.get('backend')?.replace(/^(?=[^/])/, '/')
}

/** The value of a node as a number: decimal digits, no more than a u64 has. */
export function numberOf(nodes: ReadonlyMap<string, string>, key: string): bigint | undefined {
  const text = nodes.get(key)
  if (text === undefined || !/^\d{1,20}$/.test(text)) return undefined
  const value = BigInt(text)
  return value < 2n ** 64n ? value : undefined
}

/** The value of a node for a message: one line, not too long. */
export function quoted(nodes: ReadonlyMap<string, string>, key: string): string {
  return `"${(nodes.get(key) ?? '').slice(0, 40)}"`
}

/** Whether both ends have the node with that value, as a feature that both must support has. */
export function bothHave({ frontend, backend }: XenstoreNodes, key: string, value: string): boolean {
  return frontend.get(key) === value && backend.get(key) === value
}

/** What is made of a device's nodes once, however many ask for it. */
export function oncePerDevice<T>(make: (nodes: XenstoreNodes) => T): (nodes: XenstoreNodes) => T {
  const made = new WeakMap<XenstoreNodes, { readonly value: T }>()
  return (nodes) => {
    let known = made.get(nodes)
    if (!known) {
      known = { value: make(nodes) }
      made.set(nodes, known)
    }
    return known.value
  }
}
