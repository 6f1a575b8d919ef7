// What XenStore says of the connection: the states of xenbus.h, which both ends write.

import type { XenstoreNodes } from '../codec/xen/xenbus.ts'
import { XENBUS_CLOSED, XENBUS_CLOSING, XENBUS_CONNECTED, XENBUS_INITIALISED, XENBUS_STATES } from '../codec/xen/xenbus.ts'

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

export function connectionOf(xenstore: XenstoreNodes | undefined): Connection {
  const [front, back] = [xenstore?.frontend.get('state'), xenstore?.backend.get('state')]
  const hotplug = xenstore?.backend.get('hotplug-status')
  return {
    frontend: words(front),
    backend: words(back),
    state: stateOf(numberOf(front), numberOf(back)),
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

function numberOf(state: string | undefined): number | undefined {
  return state !== undefined && /^[0-8]$/.test(state) ? Number(state) : undefined
}

function words(state: string | undefined): string | undefined {
  const number = numberOf(state)
  return number === undefined ? state : `${number} (${XENBUS_STATES[number]})`
}
