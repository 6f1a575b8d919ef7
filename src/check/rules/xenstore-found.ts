// What the rules about XenStore share.

import { quoted, type XenstoreNodes } from '../../xenstore/nodes.ts'
import { type QueueNodes, queuesOf } from '../../xenstore/queues.ts'
import type { Found } from '../rule.ts'

/** A finding of the message, if there is one. */
export function says(message: string | undefined | false): Found[] {
  return message ? [{ message }] : []
}

/** The first queue of which the test says something, and of how many more it does: what is wrong with one is so with most. */
export function inQueues(test: (nodes: XenstoreNodes, queue: QueueNodes) => string | undefined | false) {
  return (nodes: XenstoreNodes): Found[] => {
    const [first, ...more] = queuesOf(nodes).flatMap((queue) => test(nodes, queue) || [])
    return says(first && more.length > 0 ? `${first} (and so of ${more.length} more queues)` : first)
  }
}

/** The first value that two of the frontend's keys have. */
export function repeatedValue(nodes: XenstoreNodes, keys: readonly string[]): string | undefined {
  const first = new Map<string, string>()
  for (const key of keys) {
    const value = nodes.frontend.get(key)!
    const earlier = first.get(value)
    if (earlier !== undefined) return `${key} and ${earlier} are both ${quoted(nodes.frontend, key)}`
    first.set(value, key)
  }
  return undefined
}
