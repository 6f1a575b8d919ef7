// Rings that were found in a memory image, as captures.
import {
  type FoundImage,
  type FoundRing,
  indirectPagesOf,
  lackText,
  missingOfRing,
  type NamedRing,
  placeText,
  protocolOfRing,
} from '../image/index.ts'
import type { XenstoreNodes } from '../xenstore/nodes.ts'
import type { Capture } from './capture.ts'
import { DumpError } from './dump-error.ts'

/** An image in which rings were looked for, with what it is called and the devices of the listing beside it (`namedRings`). */
export interface SearchedImage extends FoundImage {
  readonly name: string
  readonly devices: ReadonlyMap<NamedRing, XenstoreNodes>
}

/** One of the rings as a capture of its own. @param n its number, from 0 on in the order of their offsets @throws DumpError */
export function captureOfRing(image: SearchedImage, n: number): Capture {
  const { name, rings, tables, map } = image
  const ring = rings[n]
  if (!ring) {
    const last = rings.length - 1
    throw new DumpError(name, `no ring ${n}`, last < 0 ? 'no ring was found in it' : `rings: 0 to ${last}`)
  }
  return {
    source: `${name}[${n}]`,
    queue: ring.named?.ring.queue,
    snapshot: 0,
    number: undefined,
    bytes: ring.bytes,
    indirectPages: indirectPagesOf(ring),
    xenstore: nodesOf(image, ring),
    grants: () => tables.find(({ offset }) => offset === undefined)?.table,
    extracted: { image: name, place: placeText(ring.offsets), protocol: protocolOfRing(ring, map) },
    ...lackOf(ring),
  }
}

/** Of a ring that is not in the image as a whole, what is not. */
function lackOf(ring: FoundRing): Pick<Capture, 'missing' | 'findings'> {
  const lack = lackText(ring)
  if (lack === undefined) return { findings: [] }
  const message = `${lack}; what slots that are not whole hold is unknown`
  return { missing: missingOfRing(ring), findings: [{ code: 'snapshot-cut', message }] }
}

/** What XenStore has of the ring's device. */
export function nodesOf({ devices }: SearchedImage, { named }: FoundRing): XenstoreNodes | undefined {
  return named && devices.get(named.ring)
}
