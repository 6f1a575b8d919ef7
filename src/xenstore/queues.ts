// The queues of a device, and of each the grant references of its ring's pages and its event channel.
import { numberOf, oncePerDevice, type XenstoreNodes } from './nodes.ts'

/** More queues than any backend offers: Linux has one for each processor at most. Beyond, the text is nonsense. */
const MAX_QUEUES = 4096n
/** Queues of a device that a listing says are there and has no nodes of: a line of text stands for no more. */
const MAX_EMPTY_QUEUES = 16

/** One queue's nodes: its number, undefined where the device has none of its own, and the path before its keys. */
export interface QueueNodes {
  readonly queue: number | undefined
  readonly prefix: string
}

/** How many queues the frontend says it has; 0 for nonsense. */
export function queueCount({ frontend }: XenstoreNodes): number {
  const queues = frontend.has('multi-queue-num-queues') ? (numberOf(frontend, 'multi-queue-num-queues') ?? 0n) : 1n
  return queues > MAX_QUEUES ? 0 : Number(queues)
}

/** The queues that the frontend says it has. */
export const queuesOf: (nodes: XenstoreNodes) => readonly QueueNodes[] = oncePerDevice((nodes) => [...eachQueue(nodes)])

function* eachQueue(nodes: XenstoreNodes): Generator<QueueNodes> {
  const { frontend } = nodes
  const queues = queueCount(nodes)
  const own = queues > 1 || frontend.has('queue-0/ring-ref') || frontend.has('queue-0/ring-ref0')
  for (let queue = 0; queue < queues; queue++) yield own ? { queue, prefix: `queue-${queue}/` } : { queue: undefined, prefix: '' }
}

/** Keys of the references of a queue's ring pages, in order: `ring-ref`, else `ring-ref0` up to the first that is missing. */
export function ringRefKeys({ frontend }: XenstoreNodes, { prefix }: QueueNodes): string[] {
  if (frontend.has(`${prefix}ring-ref`)) return [`${prefix}ring-ref`]
  const keys: string[] = []
  while (frontend.has(`${prefix}ring-ref${keys.length}`)) keys.push(`${prefix}ring-ref${keys.length}`)
  return keys
}

/**
 * The grant references of the ring's pages, queue by queue; of queue 0 alone where the device has no queues of its own. A queue
 * without nodes has none, and behind 16 of these no more are listed: `queueCount` says how many there should be.
 */
export const ringRefs: (nodes: XenstoreNodes) => readonly (readonly number[])[] = oncePerDevice((nodes) => {
  const found: number[][] = []
  let empty = 0
  for (const queue of eachQueue(nodes)) {
    const refs = ringRefKeys(nodes, queue).map((key) => Number(nodes.frontend.get(key)))
    found.push(refs)
    if (refs.length === 0 && ++empty === MAX_EMPTY_QUEUES) break
  }
  return found
})

/** The event channels as they stand there: the device's own, else those of its queues in the order of the text. */
export function eventChannels({ frontend }: XenstoreNodes): string[] {
  const own = frontend.get('event-channel')
  if (own !== undefined) return [own]
  return [...frontend].flatMap(([key, value]) => (/^queue-\d+\/event-channel$/.test(key) ? [value] : []))
}
