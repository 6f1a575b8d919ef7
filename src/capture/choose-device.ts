// Which of the devices in a XenStore text a ring belongs to: the handle in its requests is the device's number cut to 16
// bits, and the device has as many ring pages as the ring.

import { guessAbi } from '../codec/recognise/score.ts'
import { handlesInFlight } from '../codec/ring/handles-in-flight.ts'
import { abiOfProtocol } from '../codec/xen/protocols.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { XenstoreNodes } from '../xenstore/nodes.ts'
import { ringRefs } from '../xenstore/queues.ts'
import { handleOfVdev } from '../xenstore/vdev.ts'
import type { Capture } from './capture.ts'

/** Which device of a listing a ring is taken to belong to. */
export interface DeviceChoice {
  readonly device: XenstoreNodes | undefined
  /** Other devices that fit as well, and would be read otherwise. */
  readonly rivals: number
}

type RingBytes = Pick<Capture, 'bytes' | 'missing'>

/**
 * Chooses the device of a listing that fits a ring best, by the handle in its requests in flight and the number of its pages; of
 * several that fit as well, the first.
 * @param queue the queue that the ring is of, where the device has several
 */
export function chooseDevice(devices: readonly XenstoreNodes[], ring: RingBytes, queue: number | undefined): DeviceChoice {
  if (devices.length <= 1) return { device: devices[0], rivals: 0 }
  const handles = handlesOf(ring, devices)
  const { bytes } = ring
  const pages = bytes.length / XEN_PAGE_SIZE
  const score = (device: XenstoreNodes) =>
    (isNamed(device, handles) ? 2 : 0) + (ringRefs(device)[queue ?? 0]?.length === pages ? 1 : 0)
  const scores = devices.map(score)
  const best = Math.max(...scores)
  const [device, ...rest] = devices.filter((_, i) => scores[i] === best)
  const rivals = rest.filter((d) => d.frontend.get('protocol') !== device!.frontend.get('protocol')).length
  return { device, rivals }
}

/** The devices whose number requests in flight carry; where none does, all. */
export function devicesByHandle(devices: readonly XenstoreNodes[], ring: RingBytes): readonly XenstoreNodes[] {
  if (devices.length <= 1) return devices
  const handles = handlesOf(ring, devices)
  const own = devices.filter((device) => isNamed(device, handles))
  return own.length > 0 ? own : devices
}

function isNamed(device: XenstoreNodes, handles: ReadonlySet<number>): boolean {
  const vdev = device.frontend.get('virtual-device')
  return vdev !== undefined && handles.has(handleOfVdev(Number(vdev)))
}

/** Handles of the requests in flight, under the layout that the devices agree on, else under the one that reads best. */
function handlesOf({ bytes, missing = [] }: RingBytes, devices: readonly XenstoreNodes[]): Set<number> {
  const protocols = new Set(devices.map((d) => d.frontend.get('protocol') ?? ''))
  const [agreed] = protocols.size === 1 ? [...protocols].map(abiOfProtocol) : []
  return handlesInFlight(bytes, agreed ?? guessAbi(bytes, missing).abi, missing)
}
