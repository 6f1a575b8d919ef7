// What XenStore says of queues and their event channels.

import { XENBUS_CONNECTED, XENBUS_INITIALISED } from '../../codec/xen/xenbus.ts'
import { numberOf, quoted } from '../../xenstore/nodes.ts'
import { queuesOf, ringRefKeys } from '../../xenstore/queues.ts'
import type { Rule } from '../rule.ts'
import { inQueues, repeatedValue, says } from './xenstore-found.ts'

const BLKIF = 'xen/include/public/io/blkif.h'
const MULTI_QUEUE = `${BLKIF}, "Multi-queue support"`

export const XENSTORE_QUEUE_RULES: readonly Rule[] = [
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
      // The nodes of a ring are there from Initialised to Connected.
      const state = numberOf(nodes.frontend, 'state') ?? 0n
      if (state < XENBUS_INITIALISED || state > XENBUS_CONNECTED) return []
      return inQueues((_, queue) => {
        if (ringRefKeys(nodes, queue).length === 0) return `no ${queue.prefix}ring-ref`
        return !nodes.frontend.has(`${queue.prefix}event-channel`) && `no ${queue.prefix}event-channel`
      })(nodes)
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
        repeatedValue(
          nodes,
          keys.filter((key) => nodes.frontend.has(key)),
        ),
      )
    },
  },
]
