// Whether two rings are the same, byte for byte: that of a Linux driver, and the one that it was made from or another driver's.
import type { DriverName } from '../../blkfront/index.ts'
import type { ByteSpan } from '../../codec/ring/missing.ts'
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

/** Whether a driver writes what the ring has; undefined where it writes the bytes that are in the input, and others are not. */
export function writesRing(linux: LinuxRing, { ring, bytes, indirectPages }: RingToEmit): boolean | undefined {
  const own = bytesOf(linux)
  const { spans } = ring.missing
  if (spans.length === 0) return isEqual(own, { ring: bytes, pages: indirectPages })
  const there = { ring: without(own.ring, spans), pages: own.pages }
  return isEqual(there, { ring: without(bytes, spans), pages: indirectPages }) ? undefined : false
}

/** Whether another driver writes the same. */
export function sameAs(linux: LinuxRing, ring: RingToEmit, driver: DriverName, asked: AskedTerms): boolean {
  const own = bytesOf(linux)
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

function isEqual(a: ReturnType<typeof bytesOf>, b: Bytes): boolean {
  return equalBytes(a.ring, b.ring) && [...a.pages].every(([gref, page]) => equalBytes(page, b.pages.get(gref)))
}

function equalBytes(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((byte, at) => byte === b[at])
}
