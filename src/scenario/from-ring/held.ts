// The bytes that a Linux driver does not write: they stay as the ring has them, so that a comparison shows what drivers do.
import type { HeldBytes } from '../../blkfront/index.ts'
import { wireOf } from '../../codec/ring/field-offsets.ts'
import { ringGeometry, slotOffset } from '../../codec/ring/geometry.ts'
import type { Ring } from '../../codec/ring/ring.ts'
import { advance, distance, slotOf } from '../../codec/ring/ring-idx.ts'
import { waitState } from '../../codec/ring/waiting.ts'
import { abiByName } from '../../codec/struct/abi.ts'
import { fieldOf, layoutOf } from '../../codec/struct/layout.ts'
import { sringHeader, XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import { type PlainScenario, plainHeld, scriptOf } from '../file/index.ts'
import { indirectPagesInWindow, Player } from '../player/index.ts'
import type { RingToEmit } from './ring-to-emit.ts'

/** Fewer bytes of zeros than this do not part a run. */
const MAX_GAP = 8

/** Linux asks for an event at the next response, always: a later rsp_event another driver wrote. */
export function asksLaterThanLinux({ sring, geometry }: Pick<Ring, 'sring' | 'geometry'>): boolean {
  const { frontend } = waitState(sring, geometry.nr_ents)
  return frontend === 'deferred' || frontend === 'unreachable'
}

/** @param plain plays to the requests, over a ring that held nothing @returns `held` of a scenario file */
export function heldOf(plain: PlainScenario, { ring, bytes, indirectPages }: RingToEmit): PlainScenario[] {
  // What is the same whatever stood there, the driver writes.
  const over = played(plain, 0x00)
  const under = played(plain, 0xff, over)
  const { geometry, sring } = ring
  const isTheirs = new Uint8Array(geometry.bytes)
  for (let at = 0; at < geometry.bytes; at++) isTheirs[at] = over.ring[at] === under.ring[at] ? 0 : 1
  // Requests of the ring that the driver does not send are no bytes that stood there before.
  const sent = distance(over.start, over.end)
  for (let n = sent; n < Math.min(distance(sring.rsp_prod, sring.req_prod), geometry.nr_ents); n++) {
    const at = slotOffset(geometry, slotOf(advance(sring.rsp_prod, n), geometry.nr_ents))
    isTheirs.fill(0, at, at + geometry.stride)
  }
  const { req_prod, rsp_prod } = wireOf(geometry.abi).sring
  if (asksLaterThanLinux(ring)) {
    const { offset, size } = fieldOf(layoutOf(sringHeader, geometry.abi), 'rsp_event')
    isTheirs.fill(0, offset, offset + size)
  }
  const held = runs(undefined, bytes, isTheirs, [req_prod, rsp_prod])
  for (const [gref, page] of over.pages) {
    const own = indirectPages.get(gref)
    const other = under.pages.get(gref)
    if (own?.length !== XEN_PAGE_SIZE || !other) continue
    held.push(
      ...runs(
        gref,
        own,
        page.map((byte, at) => (byte === other[at] ? 0 : 1)),
      ),
    )
  }
  return held.map(plainHeld)
}

interface PlayedRing {
  readonly ring: Uint8Array
  readonly pages: ReadonlyMap<number, Uint8Array>
  readonly start: number
  readonly end: number
}

/** @param fill the byte that everything was full of @param known pages that it has */
function played(plain: PlainScenario, fill: number, known?: PlayedRing): PlayedRing {
  const { config, ...script } = scriptOf(plain)
  const abi = abiByName(config.abi)!
  const { req_event, rsp_prod, rsp_event } = wireOf(abi).sring
  const end = ringGeometry(abi, config.ringPages).bytes
  const held: HeldBytes[] = [...(known?.pages.keys() ?? [])].map((page) => ({ page, at: 0, bytes: filled(XEN_PAGE_SIZE, fill) }))
  // All but the producers.
  for (const [from, to] of [
    [req_event, rsp_prod],
    [rsp_event, end],
  ] as const)
    held.push({ page: undefined, at: from, bytes: filled(to - from, fill) })
  const player = new Player({ ...script, config: { ...config, held } })
  for (const _ of player.play());
  const { ring } = player.emulator.frontend
  const pages = new Map([...indirectPagesInWindow(player.emulator)].map(([gref, page]) => [gref, page.slice()]))
  return { ring: ring.bytes, pages, start: ring.rsp_prod, end: ring.req_prod }
}

function filled(length: number, byte: number): Uint8Array {
  return new Uint8Array(length).fill(byte)
}

/** Runs of bytes that are not zero, where they are theirs. @param apart offsets that no run goes over */
function runs(page: number | undefined, bytes: Uint8Array, isTheirs: Uint8Array, apart: readonly number[] = []): HeldBytes[] {
  const held: HeldBytes[] = []
  let [from, to] = [-1, -1]
  const finish = () => {
    if (from >= 0) held.push({ page, at: from, bytes: bytes.slice(from, to) })
  }
  for (let at = 0; at < bytes.length; at++) {
    if (!isTheirs[at] || bytes[at] === 0) continue
    // Bytes of the driver's own in between are written over; the producers are no part of it.
    if (from < 0 || at - to > MAX_GAP || apart.some((index) => from <= index && index < at)) {
      finish()
      from = at
    }
    to = at + 1
  }
  finish()
  return held
}
