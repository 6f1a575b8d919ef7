// Whether XenStore names the same disk of the same guest at two moments, and another connection to it.
import type { XenstoreNodes } from './xenbus.ts'

/** Of the backend: what stands behind the device. */
const OF_DISK = ['params', 'physical-device', 'sectors', 'sector-size', 'mode', 'type', 'dev']
/** Of the frontend: what it makes anew whenever it connects. */
const OF_CONNECTION = /^(queue-\d+\/)?(event-channel|ring-ref\d*)$/

/**
 * The same device number and disk, and a connection that is another. A guest that is restored has another domain number, higher than
 * its old one; a disk that only it may write is what ties the two.
 */
export function connectedAnew(before: XenstoreNodes | undefined, after: XenstoreNodes | undefined): boolean {
  if (!before || !after || !sameDisk(before, after)) return false
  const [then, now] = [before, after].map(connectionOf)
  if (then === '' || now === '') return false
  const [was, is] = [before, after].map(({ backend }) => Number(backend.get('frontend-id') ?? Number.NaN)) as [number, number]
  return was === is ? then !== now : is > was && before.backend.get('mode') === 'w'
}

function sameDisk(before: XenstoreNodes, after: XenstoreNodes): boolean {
  const device = before.frontend.get('virtual-device')
  if (device === undefined || after.frontend.get('virtual-device') !== device) return false
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
