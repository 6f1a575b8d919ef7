// The rings that XenStore names, to be looked for in an image.
import type { Abi } from '../codec/struct/abi.ts'
import { abiOfProtocol } from '../codec/xen/protocols.ts'
import { deviceName, numbersOf } from '../xenstore/names.ts'
import type { XenstoreNodes } from '../xenstore/nodes.ts'
import { queueCount, ringRefs } from '../xenstore/queues.ts'

/** A ring that XenStore names, to be looked for in an image. */
export interface NamedRing {
  /** The device's name, `vbd-9-51712` (`deviceName`). */
  readonly device: string
  /** The frontend's domain, whose grant table its references are of. */
  readonly domain: string
  /** `virtual-device`, where it is a number. */
  readonly vdev: number | undefined
  /** The queue, of a device that has several. */
  readonly queue: number | undefined
  readonly abi: Abi | undefined
  /** The grant references of its pages, in ring-ref order. */
  readonly refs: readonly number[]
}

/** Rings of a listing that are looked for in an image: each that is missing is a line. */
export const MAX_NAMED_RINGS = 4096

/** The rings that a listing names. */
export interface RingsOfListing {
  /** The rings, each with the nodes of its device. */
  readonly devices: ReadonlyMap<NamedRing, XenstoreNodes>
  /** How many more there are: of queues without nodes, or beyond MAX_NAMED_RINGS. */
  readonly left: number
}

/** Lists the rings of devices by queue, up to MAX_NAMED_RINGS. */
export function namedRings(devices: readonly XenstoreNodes[]): RingsOfListing {
  const rings = devices.flatMap((device) => ringsOf(device).map((ring) => [ring, device] as const))
  const named = new Map(rings.slice(0, MAX_NAMED_RINGS))
  return { devices: named, left: devices.reduce((sum, device) => sum + queueCount(device), 0) - named.size }
}

function ringsOf(device: XenstoreNodes): NamedRing[] {
  const { frontend } = device
  const { domain = '?', vdev } = numbersOf(device) ?? {}
  const number = /^\d{1,10}$/.exec(frontend.get('virtual-device') ?? vdev ?? '')?.[0]
  const queues = ringRefs(device)
  return queues.map((refs, queue) => ({
    device: deviceName({ domain, vdev: vdev ?? number ?? '?' }),
    domain,
    vdev: number === undefined ? undefined : Number(number),
    queue: queues.length > 1 ? queue : undefined,
    abi: abiOfProtocol(frontend.get('protocol') ?? ''),
    refs: refs.filter((ref) => Number.isInteger(ref) && ref >= 0),
  }))
}
