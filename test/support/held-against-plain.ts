// Dumps, decoded as the tool does, held against the plain decoder and counted.

import type { Capture } from '../../src/capture/capture.ts'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { ringJson } from '../../src/rows/ring-json.ts'
import { maxRequestSegments } from '../../src/xenstore/segments.ts'
import { layoutOfProtocol, type Printed, ringMismatch } from './against-plain.ts'

export interface Held {
  readonly rings: number
  readonly slots: number
  /** Rings whose requests may take several slots, which the plain decoder does not know. */
  readonly left: number
  /** A line for each ring that differs. */
  readonly differences: readonly string[]
}

export function heldAgainstPlain(dumps: Iterable<Capture>): Held {
  let [rings, slots, left] = [0, 0, 0]
  const differences: string[] = []
  for (const dump of dumps) {
    if (dump.xenstore && maxRequestSegments(dump.xenstore) > 11) {
      left++
      continue
    }
    // Through text, as a reader of the output sees it.
    const printed = JSON.parse(JSON.stringify(ringJson(decodeCapture(dump, undefined)))) as Printed
    const options = { pages: dump.indirectPages, missing: dump.missing }
    const found = ringMismatch(printed, dump.bytes, layoutOfProtocol(printed['protocol']), options)
    if (found !== undefined) differences.push(`${dump.source}: ${found}`)
    rings++
    slots += (printed['slots'] as unknown[]).length
  }
  return { rings, slots, left, differences }
}
