// Whether two rings are the same, byte for byte: that of a Linux driver, and the one that it was made from or another driver's.

import type { DriverName } from '../../blkfront/index.ts'
import { sameBytes } from '../../codec/ring/changed-in-flight.ts'
import type { ByteSpan } from '../../codec/ring/missing.ts'
import { ScenarioError, scriptOf } from '../file/index.ts'
import { indirectPagesInWindow, Player } from '../player/index.ts'
import { type LinuxRing, linuxRing } from './linux.ts'
import type { RingToEmit } from './ring-to-emit.ts'
import type { AskedTerms } from './terms.ts'

/** A ring and the pages of its segments. */
export interface WrittenBytes {
  readonly ring: Uint8Array
  readonly pages: ReadonlyMap<number, Uint8Array>
}

/** What a scenario leaves. */
export function bytesOf({ plain }: Pick<LinuxRing, 'plain'>): WrittenBytes {
  const player = new Player(scriptOf(plain))
  for (const _ of player.play());
  return { ring: player.emulator.frontend.ring.bytes, pages: indirectPagesInWindow(player.emulator) }
}

/** Whether a driver writes what the ring has; undefined where it writes the bytes that are in the input, and others are not. */
export function writesRing(own: WrittenBytes, { ring, bytes, indirectPages }: RingToEmit): boolean | undefined {
  const { spans } = ring.missing
  if (spans.length === 0) return isEqual(own, { ring: bytes, pages: indirectPages })
  const there = { ring: without(own.ring, spans), pages: own.pages }
  return isEqual(there, { ring: without(bytes, spans), pages: indirectPages }) ? undefined : false
}

/** Whether another driver writes the same. @param own what the driver of `linux` writes */
export function sameAs(linux: LinuxRing, own: WrittenBytes, ring: RingToEmit, driver: DriverName, asked: AskedTerms): boolean {
  try {
    const other = linuxRing(ring, driver, asked)
    return other.leftOut.length === linux.leftOut.length && isEqual(own, bytesOf(other))
  } catch (error) {
    // It dies of what it is asked for.
    if (error instanceof ScenarioError) return false
    throw error
  }
}

function without(bytes: Uint8Array, spans: readonly ByteSpan[]): Uint8Array {
  const rest = bytes.slice()
  for (const { from, to } of spans) rest.fill(0, from, to)
  return rest
}

function isEqual(a: WrittenBytes, b: Pick<WrittenBytes, 'ring'> & { readonly pages: Pick<WrittenBytes['pages'], 'get'> }): boolean {
  const isSamePage = (page: Uint8Array, other: Uint8Array | undefined) => other !== undefined && sameBytes(page, other)
  return sameBytes(a.ring, b.ring) && [...a.pages].every(([gref, page]) => isSamePage(page, b.pages.get(gref)))
}
