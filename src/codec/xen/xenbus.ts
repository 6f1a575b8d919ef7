// What both ends of a device write to XenStore: nodes, and among them states of the connection (enum xenbus_state of
// xen/include/public/io/xenbus.h).

/** Nodes of a device's two ends by their path below the end's folder, such as `queue-0/ring-ref1`. */
export interface XenstoreNodes {
  readonly frontend: ReadonlyMap<string, string>
  readonly backend: ReadonlyMap<string, string>
}

/** Names by number, 0 first. */
export const XENBUS_STATES: readonly string[] = [
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

export const XENBUS_INITIALISED = 3
export const XENBUS_CONNECTED = 4
export const XENBUS_CLOSING = 5
export const XENBUS_CLOSED = 6

/** Whether the backend is a blkback, of whatever kernel, as its path or the toolstack's `type` says. */
export function isBlkback(nodes: XenstoreNodes): boolean {
  if (isQdisk(nodes)) return false
  return nodes.backend.get('type') === 'phy' || /\/backend\/vbd\//.test(nodes.frontend.get('backend') ?? '')
}

/** Whether the backend is QEMU's qdisk, as its path or the toolstack's `type` says. */
export function isQdisk(nodes: XenstoreNodes | undefined): boolean {
  if (!nodes) return false
  return nodes.backend.get('type') === 'qdisk' || /\/backend\/qdisk\//.test(nodes.frontend.get('backend') ?? '')
}
