// The slots of rings as packets of a pcapng file: an interface a ring, of a link type for private use, and a packet a slot.
import type { Finding } from '../codec/ring/finding.ts'
import { slotOffset } from '../codec/ring/geometry.ts'
import type { Ring } from '../codec/ring/ring.ts'
import { ABIS, x86_64 } from '../codec/struct/abi.ts'
import { encode } from '../codec/struct/encode.ts'
import { blkifPacket, NO_ANSWER, PACKET_ANSWERS, PACKET_LINK_TYPE, PACKET_STATES, PACKET_VERSION } from '../layouts/packet.ts'
import type { UsedSlot } from './slot-filter.ts'

const SECTION = 0x0a0d0d0a
const INTERFACE = 1
const ENHANCED_PACKET = 6
const BYTE_ORDER = 0x1a2b3c4d
/** The section goes on to the end of the file. */
const NO_LENGTH = 2n ** 64n - 1n
const VERSION_1 = 1

const COMMENT = 1
const INTERFACE_NAME = 2
const APPLICATION = 4
/** Lengths of options are 16 bits; a comment needs no more. */
const MAX_TEXT = 4000

/** Where a ring stands among those of a file. */
export interface PacketOrigin {
  readonly queue: number | undefined
  readonly snapshot: number
}

/** Writes blocks one after another; nothing is kept but the name of the ring that packets are of. */
export class PcapngFile {
  readonly #write: (bytes: Uint8Array) => void
  #name: string | undefined
  #interfaces = 0

  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write
    const head = [u32(BYTE_ORDER), u16(VERSION_1), u16(0), u64(NO_LENGTH)]
    this.#block(SECTION, [...head, ...options([APPLICATION, 'blkring'])])
  }

  /** The packets that follow are of a ring of that name. */
  from(name: string): void {
    if (name === this.#name) return
    this.#name = name
    this.#interfaces++
    this.#block(INTERFACE, [u16(PACKET_LINK_TYPE), u16(0), u32(0), ...options([INTERFACE_NAME, name])])
  }

  /**
   * A slot, at no time: a ring has no clock.
   * @param bytes of the ring
   * @param findings those of the slot, which become comments
   */
  slot(slot: UsedSlot, ring: Ring, bytes: Uint8Array, place: PacketOrigin, findings: readonly Finding[]): void {
    const packet = packetOf(slot, ring, bytes, place)
    const comments = findings.map(({ code, message }): [number, string] => [COMMENT, `${code}: ${message}`])
    const time = u64(0n)
    const lengths = [u32(packet.length), u32(packet.length)]
    this.#block(ENHANCED_PACKET, [u32(this.#interfaces - 1), time, ...lengths, padded(packet), ...options(...comments)])
  }

  #block(type: number, parts: readonly Uint8Array[]): void {
    const length = parts.reduce((sum, part) => sum + part.length, 12)
    const block = new Uint8Array(length)
    let at = 0
    for (const part of [u32(type), u32(length), ...parts, u32(length)]) {
      block.set(part, at)
      at += part.length
    }
    this.#write(block)
  }
}

function packetOf(slot: UsedSlot, { geometry }: Ring, bytes: Uint8Array, { queue, snapshot }: PacketOrigin): Uint8Array {
  const head = encode(blkifPacket, x86_64, {
    version: PACKET_VERSION,
    abi: ABIS.indexOf(geometry.abi),
    state: PACKET_STATES.indexOf(slot.state),
    answered: slot.state === 'request' ? PACKET_ANSWERS.indexOf(slot.answered) : NO_ANSWER,
    slot: slot.slot,
    queue: queue ?? 0,
    index: slot.index,
    snapshot,
  })
  // Of a slot that is unknown not all bytes are known, and which are not the packet cannot say.
  if (slot.state === 'unknown') return head
  const at = slotOffset(geometry, slot.slot)
  return joined([head, bytes.subarray(at, at + geometry.stride)])
}

function options(...texts: readonly [number, string][]): Uint8Array[] {
  if (texts.length === 0) return []
  const written = texts.flatMap(([code, text]) => {
    const bytes = new TextEncoder().encode(text.slice(0, MAX_TEXT))
    return [u16(code), u16(bytes.length), padded(bytes)]
  })
  return [...written, u32(0)]
}

/** To a multiple of 4 bytes. */
function padded(bytes: Uint8Array): Uint8Array {
  return joined([bytes, new Uint8Array(-bytes.length & 3)])
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >> 8)
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}

function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value, true)
  return bytes
}
