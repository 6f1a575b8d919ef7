// Whether XenStore names the same disk of the same guest at two moments, and another connection to it.
import type { XenstoreNodes } from './xenbus.ts'

/** Of the backend: what stands behind the device. */
const OF_DISK = ['params', 'physical-device', 'sectors', 'sector-size', 'mode', 'type', 'dev']
/** Of the frontend: what it makes anew whenever it connects. */
const OF_CONNECTION = /^(queue-\d+\/)?(event-channel|ring-ref\d*)$/

/**
 * The same device of the same domain, the same disk, and a connection that is another. A guest that is restored has another domain
 * number: XenStore does not tell it from a guest that came after it and was given the same disk.
 */
export function connectedAnew(before: XenstoreNodes | undefined, after: XenstoreNodes | undefined): boolean {
  if (!before || !after || !sameDisk(before, after)) return false
  const [then, now] = [before, after].map(connectionOf)
  if (then === '' || now === '') return false
  return then !== now
}

function sameDisk(before: XenstoreNodes, after: XenstoreNodes): boolean {
  const device = before.frontend.get('virtual-device')
  if (device === undefined || after.frontend.get('virtual-device') !== device) return false
  const path = before.backend.get('frontend')
  if (path === undefined || after.backend.get('frontend') !== path) return false
  if ((before.backend.get('params') ?? '') === '') return false
  return OF_DISK.every((key) => before.backend.get(key) === after.backend.get(key))
}

function connectionOf({ frontend }: XenstoreNodes): string {
  const nodes = [...frontend].filter(([key]) => OF_CONNECTION.test(key))
  return nodes
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join('\n')
}
