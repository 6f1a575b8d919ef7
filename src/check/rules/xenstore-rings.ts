// What XenStore says of rings, queues and states, against itself.
import type { Found, Rule } from '../rule.ts'
import { numberOf, type QueueNodes, queuesOf, quoted, ringRefKeys, type XenstoreNodes } from '../xenstore-nodes.ts'

const BLKIF = 'xen/include/public/io/blkif.h'
const MULTI_QUEUE = `${BLKIF}, "Multi-queue support"`

const CONNECTED = 4n
/** enum xenbus_state of io/xenbus.h. */
const STATES = [
  'Unknown',
  'Initialising',
  'InitWait',
  'Initialised',
  'Connected',
  'Closing',
  'Closed',
  'Reconfiguring',
  'Reconfigured',
]

const says = (message: string | undefined | false): Found[] => (message ? [{ message }] : [])

function eachQueue(test: (nodes: XenstoreNodes, queue: QueueNodes) => string | undefined | false) {
  return (nodes: XenstoreNodes): Found[] => queuesOf(nodes).flatMap((queue) => says(test(nodes, queue)))
}

/** Ring pages that ring-page-order names; undefined without the node or where it is nonsense. */
function pagesByOrder({ frontend }: XenstoreNodes): number | undefined {
  const order = numberOf(frontend, 'ring-page-order')
  return order === undefined || order > 16n ? undefined : 2 ** Number(order)
}

function pages(n: number): string {
  return `${n} ring-ref${n === 1 ? '' : 's'}`
}

/** A value that two keys have. */
function repeated(nodes: XenstoreNodes, keys: readonly string[]): string | undefined {
  const first = new Map<string, string>()
  for (const key of keys) {
    const value = nodes.frontend.get(key)!
    const earlier = first.get(value)
    if (earlier !== undefined) return `${key} and ${earlier} are both ${quoted(nodes.frontend, key)}`
    first.set(value, key)
  }
  return undefined
}

export const XENSTORE_RING_RULES: readonly Rule[] = [
  {
    id: 'queues-and-top-level-ring',
    severity: 'error',
    summary: 'The device has several queues, and a ring outside them.',
    source: `${MULTI_QUEUE}: with two queues or more, ring-ref and event-channel are written below queue-N only`,
    explain: {
      means: 'multi-queue-num-queues is 2 or more, and the frontend folder itself has a ring-ref or event-channel.',
      why: 'A backend may connect the wrong ring; the node is usually left from a driver before, such as the boot loader.',
      todo: 'Have the frontend remove the old nodes before it connects.',
    },
    xenstore: (nodes) => {
      const stale = [...nodes.frontend.keys()].filter((key) => /^(ring-ref\d*|event-channel)$/.test(key))
      return says(
        queuesOf(nodes).length > 1 &&
          stale.length > 0 &&
          `multi-queue-num-queues ${queuesOf(nodes).length}, and also ${stale.sort()[0]}`,
      )
    },
  },
  {
    id: 'queue-count',
    severity: 'error',
    summary: 'The number of queues is no number, or more than the backend takes.',
    source: `${BLKIF}, multi-queue-num-queues and multi-queue-max-queues`,
    explain: {
      means: 'multi-queue-num-queues must be from 1 to what the backend published.',
      why: "Linux's backend refuses to connect.",
      todo: 'Check what the frontend read, also after migration to another host.',
    },
    xenstore: (nodes) => {
      const { frontend, backend } = nodes
      if (!frontend.has('multi-queue-num-queues')) return []
      const queues = numberOf(frontend, 'multi-queue-num-queues')
      if (queuesOf(nodes).length === 0) return says(`multi-queue-num-queues is ${quoted(frontend, 'multi-queue-num-queues')}`)
      const most = numberOf(backend, 'multi-queue-max-queues')
      return says(most !== undefined && queues! > most && queues! > 1n && `${queues} queues, and the backend takes ${most}`)
    },
  },
  {
    id: 'queue-incomplete',
    severity: 'error',
    summary: 'A queue has no ring or no event channel.',
    source: `${MULTI_QUEUE}; ring-ref and event-channel are mandatory`,
    explain: {
      means: 'The device is connected, or about to be, and the nodes of a queue are missing.',
      why: 'The backend cannot map the ring or be woken; Linux refuses to connect.',
      todo: 'If the text was saved while the device connected, save it again. Else look at the frontend.',
    },
    xenstore: (nodes) => {
      const state = numberOf(nodes.frontend, 'state') ?? 0n
      // Only from Initialised to Connected are they there.
      if (state < 3n || state > CONNECTED) return []
      return eachQueue((_, queue) => {
        if (ringRefKeys(nodes, queue).length === 0) return `no ${queue.prefix}ring-ref`
        return !nodes.frontend.has(`${queue.prefix}event-channel`) && `no ${queue.prefix}event-channel`
      })(nodes)
    },
  },
  {
    id: 'ring-page-order-contradicts',
    severity: 'error',
    summary: 'ring-page-order does not say how many ring-refs there are.',
    source: `${BLKIF}, ring-page-order: log2 of the number of pages`,
    explain: {
      means: 'A ring of 2^order pages has that many references, ring-ref0 up.',
      why: 'The two ends compute different numbers of slots, and indices fall on different ones; or the backend misses a page and does not connect.',
      todo: 'Look at what the frontend writes, and for nodes left from a driver before.',
    },
    xenstore: eachQueue((nodes, queue) => {
      const wanted = pagesByOrder(nodes)
      const keys = ringRefKeys(nodes, queue)
      if (!nodes.frontend.has('ring-page-order') || keys.length === 0) return undefined
      const order = quoted(nodes.frontend, 'ring-page-order')
      return (
        wanted !== keys.length && `ring-page-order is ${order}, and ${queue.prefix || 'the frontend '}has ${pages(keys.length)}`
      )
    }),
  },
  {
    id: 'ring-page-order-zero',
    severity: 'warning',
    summary: 'ring-page-order is 0, and the only reference is named ring-ref.',
    source:
      'Linux 6.1 xen-blkback, read_per_ring_refs: looks for ring-ref0 wherever ring-page-order exists (a reading of its source)',
    explain: {
      means: 'The header lets a ring of one page have either name.',
      why: 'Some versions of the Linux backend look for ring-ref0 then, and do not connect.',
      todo: 'Have the frontend write ring-page-order for more than one page only, or ring-ref0 with it.',
    },
    xenstore: eachQueue(
      (nodes, { prefix }) =>
        numberOf(nodes.frontend, 'ring-page-order') === 0n &&
        nodes.frontend.has(`${prefix}ring-ref`) &&
        !nodes.frontend.has(`${prefix}ring-ref0`) &&
        `ring-page-order is "0", with ${prefix}ring-ref and without ${prefix}ring-ref0`,
    ),
  },
  {
    id: 'ring-page-order-over-offer',
    severity: 'error',
    summary: 'The ring has more pages than the backend takes.',
    source: `${BLKIF}, max-ring-page-order`,
    explain: {
      means: 'ring-page-order is above what the backend published; without the node, that is 0.',
      why: 'The backend does not connect, or maps a part of the ring.',
      todo: 'Check what the frontend read, also after migration to another host.',
    },
    xenstore: (nodes) => {
      const order = numberOf(nodes.frontend, 'ring-page-order')
      if (order === undefined || nodes.backend.size === 0) return []
      const most = numberOf(nodes.backend, 'max-ring-page-order') ?? 0n
      return says(order > most && order > 0n && `ring-page-order is ${order}, and the backend takes ${most}`)
    },
  },
  {
    id: 'num-ring-pages-contradicts',
    severity: 'warning',
    summary: 'num-ring-pages does not say how many ring-refs there are.',
    source: `${BLKIF}, num-ring-pages (deprecated); Linux ignores it`,
    explain: {
      means: 'The old name of the same thing says something else.',
      why: 'A backend that reads it maps another number of pages than the frontend meant.',
      todo: 'Have the frontend write both alike, or only ring-page-order.',
    },
    xenstore: eachQueue((nodes, queue) => {
      const named = numberOf(nodes.frontend, 'num-ring-pages')
      const keys = ringRefKeys(nodes, queue)
      return (
        named !== undefined &&
        keys.length > 0 &&
        named !== BigInt(keys.length) &&
        `num-ring-pages is ${named}, with ${pages(keys.length)}`
      )
    }),
  },
  {
    id: 'ring-ref-wrong',
    severity: 'error',
    summary: 'A ring-ref is no grant reference, or two of them are the same.',
    source: `${BLKIF}, ring-ref%u: one reference for each page of each ring`,
    explain: {
      means: 'A node is no number, is 0 (the console ring), or repeats another.',
      why: 'The backend maps nothing, or one page in two places of the ring, so that slots overwrite each other.',
      todo: 'Look at the frontend.',
    },
    xenstore: (nodes) => {
      const keys = queuesOf(nodes).flatMap((queue) => ringRefKeys(nodes, queue))
      const bad = keys.find((key) => {
        const gref = numberOf(nodes.frontend, key)
        return gref === undefined || gref === 0n || gref >= 2n ** 32n
      })
      return says(bad === undefined ? repeated(nodes, keys) : `${bad} is ${quoted(nodes.frontend, bad)}`)
    },
  },
  {
    id: 'event-channel-shared',
    severity: 'error',
    summary: 'Two queues have the same event channel.',
    source: `${MULTI_QUEUE}: each queue has its own`,
    explain: {
      means: 'Two event-channel nodes are the same number.',
      why: 'A port can be bound once: the backend does not connect, or one queue is never woken.',
      todo: 'Look at the frontend.',
    },
    xenstore: (nodes) => {
      const keys = queuesOf(nodes).map(({ prefix }) => `${prefix}event-channel`)
      return says(
        repeated(
          nodes,
          keys.filter((key) => nodes.frontend.has(key)),
        ),
      )
    },
  },
  {
    id: 'state-unknown',
    severity: 'warning',
    summary: 'The state of an end is none of xenbus.h.',
    source: 'xen/include/public/io/xenbus.h, enum xenbus_state',
    explain: {
      means: 'States are the numbers 1 to 8.',
      why: 'The other end waits for ever.',
      todo: 'Look at what wrote it.',
    },
    xenstore: ({ frontend, backend }) =>
      Object.entries({ frontend, backend }).flatMap(([end, nodes]) => {
        const state = numberOf(nodes, 'state')
        const known = state !== undefined && state > 0n && state < BigInt(STATES.length)
        return says(nodes.has('state') && !known && `the state of the ${end} is ${quoted(nodes, 'state')}`)
      }),
  },
  {
    id: 'state-not-connected',
    severity: 'note',
    summary: 'An end of the device is not connected.',
    source: 'xen/include/public/io/xenbus.h, enum xenbus_state',
    explain: {
      means: 'The state of the frontend or the backend is not 4 (Connected).',
      why: 'The device connects, closes, or failed to; requests on its ring may be served by nobody.',
      todo: 'Boot loaders such as GRUB never write 4. Of others, look at the error node and at the log of the end that waits.',
    },
    xenstore: ({ frontend, backend }) =>
      Object.entries({ frontend, backend }).flatMap(([end, nodes]) => {
        const name = STATES[Number(numberOf(nodes, 'state') ?? CONNECTED)]
        return says(
          name !== undefined &&
            name !== 'Connected' &&
            name !== 'Unknown' &&
            `the ${end} is in state ${nodes.get('state')} (${name})`,
        )
      }),
  },
  {
    id: 'protocol-missing',
    severity: 'note',
    summary: 'The frontend names no protocol.',
    source: `${BLKIF}, protocol; Linux xen-blkback on x86 takes x86_32-abi then, elsewhere and in the header the host's own`,
    explain: {
      means: 'There is no protocol node beside the ring-refs.',
      why: 'Backends do not agree on what it means: a 64-bit guest on x86 would be misread by Linux.',
      todo: 'Have the frontend write it.',
    },
    xenstore: (nodes) => {
      const rings = queuesOf(nodes).some((queue) => ringRefKeys(nodes, queue).length > 0)
      return says(rings && !nodes.frontend.has('protocol') && 'no protocol node')
    },
  },
]
