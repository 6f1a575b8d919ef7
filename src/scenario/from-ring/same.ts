// Whether two rings are the same, byte for byte: that of a Linux driver, and the one that it was made from or another driver's.
import type { DriverName } from '../../blkfront/index.ts'
import { ScenarioError, scriptOf } from '../file/index.ts'
import { indirectPagesInWindow, Player } from '../player/index.ts'
import { type LinuxRing, linuxRing } from './linux.ts'
import type { RingToEmit } from './ring-to-emit.ts'
import type { AskedTerms } from './terms.ts'

interface Bytes {
  readonly ring: Uint8Array
  readonly pages: { get(gref: number): Uint8Array | undefined }
}

/** The ring and the pages of segments that a scenario leaves. */
export function bytesOf({ plain }: Pick<LinuxRing, 'plain'>): {
  readonly ring: Uint8Array
  readonly pages: ReadonlyMap<number, Uint8Array>
} {
  const player = new Player(scriptOf(plain))
  for (const _ of player.play());
  return { ring: player.emulator.frontend.ring.bytes, pages: indirectPagesInWindow(player.emulator) }
}

/** Whether a driver writes what the ring has; or, where another is named, whether that one writes the same. */
export function sameAs(linux: LinuxRing, ring: RingToEmit, driver?: DriverName, asked: AskedTerms = {}): boolean {
  const own = bytesOf(linux)
  if (driver === undefined) return isEqual(own, { ring: ring.bytes, pages: ring.indirectPages })
  try {
    const other = linuxRing(ring, driver, asked)
    return other.leftOut.length === linux.leftOut.length && isEqual(own, bytesOf(other))
  } catch (error) {
    // It dies of what it is asked for.
    if (error instanceof ScenarioError) return false
    throw error
  }
}

function isEqual(a: ReturnType<typeof bytesOf>, b: Bytes): boolean {
  return equalBytes(a.ring, b.ring) && [...a.pages].every(([gref, page]) => equalBytes(page, b.pages.get(gref)))
}

function equalBytes(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((byte, at) => byte === b[at])
}
