// Packets of slots, read back block by block.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { captureOf } from '../../src/capture/capture.ts'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { slotOffset } from '../../src/codec/ring/geometry.ts'
import { ABIS, x86_64 } from '../../src/codec/struct/abi.ts'
import { decode } from '../../src/codec/struct/decode.ts'
import { sizeOf } from '../../src/codec/struct/layout.ts'
import { blkifPacket, NO_ANSWER, PACKET_STATES } from '../../src/layouts/packet.ts'
import { PcapngFile } from '../../src/rows/pcapng.ts'
import { isUsed } from '../../src/rows/slot-filter.ts'

interface Block {
  readonly type: number
  readonly body: Buffer
}

/** Each block ends with its length again. */
function blocksOf(file: Buffer): Block[] {
  const blocks: Block[] = []
  for (let at = 0; at < file.length; ) {
    const length = file.readUInt32LE(at + 4)
    expect(length % 4).toBe(0)
    expect(file.readUInt32LE(at + length - 4)).toBe(length)
    blocks.push({ type: file.readUInt32LE(at), body: file.subarray(at + 8, at + length - 4) })
    at += length
  }
  return blocks
}

function written(bytes: Uint8Array, missing?: { from: number; to: number }[], name = 'ring.bin') {
  const { ring, findings } = decodeCapture(captureOf(bytes, { missing }))
  const parts: Uint8Array[] = []
  const file = new PcapngFile((block) => parts.push(block))
  file.from(name)
  file.from(name)
  const slots = ring.slots.filter(isUsed)
  for (const slot of slots)
    file.slot(
      slot,
      ring,
      bytes,
      { queue: 3, snapshot: 7 },
      findings.filter((f) => f.slot === slot.slot),
    )
  const [section, ...others] = blocksOf(Buffer.concat(parts))
  const packets = others.filter(({ type }) => type === 6).map(({ body }) => body.subarray(20, 20 + body.readUInt32LE(12)))
  return { ring, slots, section: section!, others, packets }
}

const head = sizeOf(blkifPacket, x86_64)
const dump = (name: string) => readFileSync(join(import.meta.dirname, '../../dumps', name, 'ring.bin'))

test.each(['direct', 'x86_32', 'wrapped', 'out-of-order', 'multi-page'])('%s: a packet a used slot, with its bytes', (name) => {
  const bytes = dump(name)
  const { ring, slots, section, others, packets } = written(bytes)
  expect(section.body.readUInt32LE(0)).toBe(0x1a2b3c4d)
  expect(others.filter(({ type }) => type === 1)).toHaveLength(1)
  expect(packets).toHaveLength(slots.length)
  for (const [n, slot] of slots.entries()) {
    const packet = packets[n]!
    const at = slotOffset(ring.geometry, slot.slot)
    expect(packet.subarray(head)).toEqual(bytes.subarray(at, at + ring.geometry.stride))
    expect(decode(blkifPacket, x86_64, packet.subarray(0, head))).toMatchObject({
      abi: ABIS.indexOf(ring.geometry.abi),
      state: PACKET_STATES.indexOf(slot.state),
      slot: slot.slot,
      index: slot.index,
      queue: 3,
      snapshot: 7,
    })
    if (slot.state === 'response') expect(packet[3]).toBe(NO_ANSWER)
  }
})

test('a slot whose bytes are not all known has none in its packet', () => {
  const { ring, slots, packets } = written(dump('direct'), [{ from: 64 + 112 + 8, to: 64 + 112 + 12 }])
  const unknown = slots.findIndex(({ state }) => state === 'unknown')
  expect(slots[unknown]?.slot).toBe(1)
  expect(packets[unknown]).toHaveLength(head)
  expect(packets[unknown + 1]).toHaveLength(head + ring.geometry.stride)
})

test('any bytes make whole blocks, a packet a used slot', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4096, maxLength: 4096 }), fc.nat(64), (bytes, outstanding) => {
      new DataView(bytes.buffer).setUint32(0, outstanding, true)
      new DataView(bytes.buffer).setUint32(8, 0, true)
      const { slots, packets } = written(bytes)
      expect(packets).toHaveLength(slots.length)
    }),
    { numRuns: 20 },
  )
})

test('findings are comments, and names of any length and any letters keep blocks whole', () => {
  const { others } = written(dump('hostile/malformed'), undefined, 'ü'.repeat(5000))
  const text = Buffer.concat(others.map(({ body }) => body)).toString('latin1')
  expect(text).toMatch(/too-many-segments|segment/)
})
