import type { DecodedCapture } from '../capture/decode-capture.ts'
import { eachOf, type OneOrMany } from '../capture/one-or-many.ts'
import { diffDevices } from './device.ts'
import type { DeviceDiff, DiffOptions, SideRing } from './model.ts'

/**
 * What differs between two decoded captures, each one ring or the queues of one device at one moment. `diffDevices`
 * does the same for rings without a capture.
 * @param options without it all fields of all slots that hold something are held against each other (level `fields`)
 */
export function diff(a: OneOrMany<DecodedCapture>, b: OneOrMany<DecodedCapture>, options: Partial<DiffOptions> = {}): DeviceDiff {
  return diffDevices(sideOf(a), sideOf(b), { level: 'fields', ...options })
}

/** Decoded captures as one side of a comparison. */
export function sideOf(captures: OneOrMany<DecodedCapture>): SideRing[] {
  return Array.from(eachOf(captures), ({ capture: { queue, bytes, indirectPages }, ring }) => ({
    ring,
    queue,
    bytes,
    indirectPages,
  }))
}
