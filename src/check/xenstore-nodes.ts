// What XenStore says of a device, read with care: a node is text, and may be missing or nonsense.
import type { XenstoreNodes } from '../codec/xen/xenbus.ts'

/** The value of a node as a number: decimal digits, no more than a u64 has. */
export function numberOf(nodes: ReadonlyMap<string, string>, key: string): bigint | undefined {
  const text = nodes.get(key)
  if (text === undefined || !/^\d{1,20}$/.test(text)) return undefined
  const value = BigInt(text)
  return value < 2n ** 64n ? value : undefined
}

/** More queues than any backend offers: beyond, the text is nonsense and not gone through. */
const MAX_QUEUES = 4096n

/** One queue's nodes: its number, undefined where the device has none of its own, and the path before its keys. */
export interface QueueNodes {
  readonly queue: number | undefined
  readonly prefix: string
}

/** Something that is made of the nodes once, however many rules and rings ask for it. */
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

/** The queues that the frontend says it has. */
export const queuesOf: (nodes: XenstoreNodes) => readonly QueueNodes[] = oncePerDevice(findQueues)

function findQueues({ frontend }: XenstoreNodes): QueueNodes[] {
  const queues = frontend.has('multi-queue-num-queues') ? (numberOf(frontend, 'multi-queue-num-queues') ?? 0n) : 1n
  if (queues < 1n || queues > MAX_QUEUES) return []
  const own = queues > 1n || frontend.has('queue-0/ring-ref') || frontend.has('queue-0/ring-ref0')
  if (!own) return [{ queue: undefined, prefix: '' }]
  return Array.from({ length: Number(queues) }, (_, queue) => ({ queue, prefix: `queue-${queue}/` }))
}

/** Keys of the references of a queue's ring pages, in order: `ring-ref`, else `ring-ref0` up to the first that is missing. */
export function ringRefKeys({ frontend }: XenstoreNodes, { prefix }: QueueNodes): string[] {
  if (frontend.has(`${prefix}ring-ref`)) return [`${prefix}ring-ref`]
  const keys: string[] = []
  while (frontend.has(`${prefix}ring-ref${keys.length}`)) keys.push(`${prefix}ring-ref${keys.length}`)
  return keys
}

/** For a message: one line, not too long. */
export function quoted(nodes: ReadonlyMap<string, string>, key: string): string {
  return `"${(nodes.get(key) ?? '').slice(0, 40)}"`
}
