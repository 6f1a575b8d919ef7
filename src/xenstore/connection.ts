// The connection between a device's two ends: their states, and whether two moments are of one connection.
import { XENBUS_CLOSED, XENBUS_CLOSING, XENBUS_CONNECTED, XENBUS_INITIALISED, XENBUS_STATES } from '../codec/xen/xenbus.ts'
import type { XenstoreNodes } from './nodes.ts'

/** What XenStore says of the connection between a device's two ends, in the states of xenbus.h. */
export interface Connection {
  /** `4 (Connected)`, or what else stands there; undefined where nothing does. */
  readonly frontend: string | undefined
  readonly backend: string | undefined
  /**
   * `unknown`: XenStore is not at hand. `half`: the backend is connected and the frontend has not said so, as with GRUB, which does
   * its I/O in that state. `connecting`, `closed`: no request is served.
   */
  readonly state: 'unknown' | 'connected' | 'half' | 'connecting' | 'closed'
  /** Whether the toolstack has asked for the device to go: `online` is 0. */
  readonly leaving: boolean
  /** `hotplug-status`, where it is there and other than `connected`. */
  readonly hotplug: string | undefined
}

/** Reads from the nodes of both ends whether they are connected. Without XenStore the state is `unknown`. */
export function connectionOf(xenstore: XenstoreNodes | undefined): Connection {
  const [front, back] = [xenstore?.frontend.get('state'), xenstore?.backend.get('state')]
  const hotplug = xenstore?.backend.get('hotplug-status')
  return {
    frontend: words(front),
    backend: words(back),
    state: stateOf(numberOfState(front), numberOfState(back)),
    leaving: xenstore?.backend.get('online') === '0',
    hotplug: hotplug === 'connected' ? undefined : hotplug,
  }
}

function stateOf(front: number | undefined, back: number | undefined): Connection['state'] {
  if (front === undefined && back === undefined) return 'unknown'
  const both = [front, back]
  if (both.some((s) => s === XENBUS_CLOSING || s === XENBUS_CLOSED)) return 'closed'
  if (both.every((s) => s === undefined || s >= XENBUS_CONNECTED)) return 'connected'
  return front === XENBUS_INITIALISED && back === XENBUS_CONNECTED ? 'half' : 'connecting'
}

function numberOfState(state: string | undefined): number | undefined {
  return state !== undefined && /^[0-8]$/.test(state) ? Number(state) : undefined
}

function words(state: string | undefined): string | undefined {
  const number = numberOfState(state)
  return number === undefined ? state : `${number} (${XENBUS_STATES[number]})`
}

/** Nodes that the frontend makes anew whenever it connects. */
const OF_RINGS = /^(queue-\d+\/)?(event-channel|ring-ref\d*)$/
/** Of the frontend: what names the device and how it is connected, with what it makes anew. */
const OF_CONNECTION = /^(backend|backend-id|virtual-device|protocol|ring-page-order|multi-queue-num-queues)$/
/** Of the backend: what stands behind the device. A medium can be changed, so that another one proves nothing. */
const OF_DISK = ['frontend', 'params', 'physical-device', 'sectors', 'sector-size', 'mode', 'type', 'dev']

/** The first node of the connection that both moments have, and with other values. */
export function changedNode(
  before: XenstoreNodes | undefined,
  after: XenstoreNodes | undefined,
): { readonly key: string; readonly then: string; readonly now: string } | undefined {
  if (!before || !after) return undefined
  for (const [key, then] of before.frontend) {
    const now = OF_CONNECTION.test(key) || OF_RINGS.test(key) ? after.frontend.get(key) : undefined
    if (now !== undefined && then !== now) return { key, then, now }
  }
  return undefined
}

/** All of the ring's pages, the event channel and the disk are named, and are the same. */
export function sameConnection(before: XenstoreNodes | undefined, after: XenstoreNodes | undefined): boolean {
  if (!before || !after || before.frontend.get('backend') === undefined) return false
  const keys = [...before.frontend.keys(), ...after.frontend.keys()].filter((key) => OF_CONNECTION.test(key) || OF_RINGS.test(key))
  if (!keys.some((key) => /ring-ref\d*$/.test(key)) || !keys.some((key) => key.endsWith('event-channel'))) return false
  return keys.every((key) => before.frontend.get(key) === after.frontend.get(key)) && sameBackend(before, after)
}

/**
 * Whether two listings show the same device of the same domain with the same disk, and different connections. A guest that is
 * restored has another domain number: XenStore does not tell it from a guest that came after it and was given the same disk.
 */
export function connectedAnew(before: XenstoreNodes | undefined, after: XenstoreNodes | undefined): boolean {
  if (!before || !after || !sameDisk(before, after)) return false
  const [then, now] = [before, after].map(ringNodes)
  if (then === '' || now === '') return false
  return then !== now
}

function sameDisk(before: XenstoreNodes, after: XenstoreNodes): boolean {
  const device = before.frontend.get('virtual-device')
  if (device === undefined || after.frontend.get('virtual-device') !== device) return false
  if (before.backend.get('frontend') === undefined || (before.backend.get('params') ?? '') === '') return false
  return sameBackend(before, after)
}

function sameBackend(before: XenstoreNodes, after: XenstoreNodes): boolean {
  return OF_DISK.every((key) => before.backend.get(key) === after.backend.get(key))
}

function ringNodes({ frontend }: XenstoreNodes): string {
  const nodes = [...frontend].filter(([key]) => OF_RINGS.test(key))
  return nodes
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join('\n')
}
