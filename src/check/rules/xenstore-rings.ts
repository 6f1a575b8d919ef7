// What XenStore says of the pages of a ring.

import { count } from '../../codec/struct/count.ts'
import { numberOf, quoted, type XenstoreNodes } from '../../xenstore/nodes.ts'
import { queuesOf, ringRefKeys } from '../../xenstore/queues.ts'
import type { Rule } from '../rule.ts'
import { inQueues, repeatedValue, says } from './xenstore-found.ts'

const BLKIF = 'xen/include/public/io/blkif.h'

/** Ring pages that ring-page-order names; undefined without the node or where it is nonsense. */
function pagesByOrder({ frontend }: XenstoreNodes): number | undefined {
  const order = numberOf(frontend, 'ring-page-order')
  return order === undefined || order > 16n ? undefined : 2 ** Number(order)
}

/** The most pages that a backend takes, as an order: by whichever of its two nodes offers more. Without either that is one page. */
function offeredOrder({ backend }: XenstoreNodes): bigint {
  const order = numberOf(backend, 'max-ring-page-order') ?? 0n
  const byPages = BigInt((numberOf(backend, 'max-ring-pages') ?? 1n).toString(2).length - 1)
  return order > byPages ? order : byPages
}

function pages(n: number): string {
  return count(n, 'ring-ref')
}

export const XENSTORE_RING_RULES: readonly Rule[] = [
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
    xenstore: inQueues((nodes, queue) => {
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
    source: 'Linux 6.1 xen-blkback and QEMU 7.2, as they were run: both look for ring-ref0 wherever ring-page-order exists',
    explain: {
      means: 'The header lets a ring of one page have either name.',
      why: 'Some versions of the Linux backend look for ring-ref0 then, and do not connect.',
      todo: 'Have the frontend write ring-page-order for more than one page only, or ring-ref0 with it.',
    },
    xenstore: inQueues(
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
    source: `${BLKIF}, max-ring-page-order and max-ring-pages`,
    explain: {
      means: 'ring-page-order is above what the backend published under either name; without both, that is 0.',
      why: 'The backend does not connect, or maps a part of the ring.',
      todo: 'Check what the frontend read, also after migration to another host.',
    },
    xenstore: (nodes) => {
      const order = numberOf(nodes.frontend, 'ring-page-order')
      if (order === undefined || nodes.backend.size === 0) return []
      const most = offeredOrder(nodes)
      return says(order > most && order > 0n && `ring-page-order is ${order}, and the backend takes ${most}`)
    },
  },
  {
    id: 'max-ring-pages-contradicts',
    severity: 'warning',
    summary: 'The backend offers two different sizes of a ring.',
    source: `${BLKIF}, max-ring-page-order and max-ring-pages (deprecated)`,
    explain: {
      means: 'max-ring-pages is not 2 to the power of max-ring-page-order, or one of the two is no number.',
      why: 'Frontends read the one or the other: some ask for more pages than the backend takes, or make do with fewer.',
      todo: 'Have the backend write both alike, or only max-ring-page-order.',
    },
    xenstore: ({ backend }) => {
      if (!backend.has('max-ring-page-order') || !backend.has('max-ring-pages')) return []
      const order = numberOf(backend, 'max-ring-page-order')
      const pages = numberOf(backend, 'max-ring-pages')
      const alike = order !== undefined && order < 64n && pages === 1n << order
      const [byOrder, byPages] = [quoted(backend, 'max-ring-page-order'), quoted(backend, 'max-ring-pages')]
      return says(!alike && `max-ring-page-order is ${byOrder}, and max-ring-pages ${byPages}`)
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
    xenstore: inQueues((nodes, queue) => {
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
      return says(bad === undefined ? repeatedValue(nodes, keys) : `${bad} is ${quoted(nodes.frontend, bad)}`)
    },
  },
]
