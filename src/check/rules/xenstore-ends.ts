// What XenStore says of the two ends: states, and the protocol between them.

import { XENBUS_CONNECTED, XENBUS_STATES } from '../../codec/xen/xenbus.ts'
import { numberOf, quoted } from '../../xenstore/nodes.ts'
import { queuesOf, ringRefKeys } from '../../xenstore/queues.ts'
import type { Rule } from '../rule.ts'
import { says } from './xenstore-found.ts'

const BLKIF = 'xen/include/public/io/blkif.h'

export const XENSTORE_END_RULES: readonly Rule[] = [
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
        const known = state !== undefined && state > 0n && state < BigInt(XENBUS_STATES.length)
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
        const state = numberOf(nodes, 'state') ?? BigInt(XENBUS_CONNECTED)
        const name = XENBUS_STATES.find((_, number) => BigInt(number) === state)
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
