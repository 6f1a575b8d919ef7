// Pages that have much in common with a ring of block requests, and are none: other rings of Xen's PV drivers as ring.h and
// their own headers lay them out, and what else has small numbers and zeros at its start.
import { PAGE } from './memory.ts'

export interface NearMiss {
  readonly name: string
  readonly page: Uint8Array
}

type Random = (below: number) => number

/** @param random whole numbers from 0 on */
export function nearMisses(random: Random): NearMiss[] {
  return [
    { name: 'netif tx', page: ring(random, 256, 12, tx) },
    { name: 'netif rx', page: ring(random, 256, 8, rx) },
    { name: 'vscsiif', page: ring(random, 8, 252, scsi) },
    { name: 'sndif', page: ring(random, 32, 64, snd) },
    { name: 'console', page: consolePage(random) },
    { name: 'xenstore', page: xenstorePage(random) },
    { name: 'header and noise', page: noise(random, true) },
    { name: 'header, padding not zero', page: noise(random, false) },
    { name: 'counters', page: counters(random) },
    { name: 'pointers', page: pointers(random) },
    { name: 'events only', page: words([0, 1 + random(5), 0, 2 + random(5)]) },
    { name: 'impossible indices', page: words([5000 + random(1000), 6000, 17, 18]) },
  ]
}

function words(list: readonly number[]): Uint8Array {
  const page = new Uint8Array(PAGE)
  new Uint32Array(page.buffer).set(list)
  return page
}

/** The head of any ring of ring.h: producers a few apart, events next to come. */
function ring(
  random: Random,
  entries: number,
  stride: number,
  entry: (v: DataView, at: number, random: Random, index: number) => void,
) {
  const page = new Uint8Array(PAGE)
  const v = new DataView(page.buffer)
  const rsp = 1000 + random(100_000)
  const req = rsp + random(Math.min(entries, 32))
  for (const [i, word] of [req, req + 1, rsp, rsp + 1].entries()) v.setUint32(i * 4, word, true)
  for (let i = 0; i < entries && 64 + (i + 1) * stride <= PAGE; i++) entry(v, 64 + i * stride, random, i)
  return page
}

/** gref, offset, flags, id, size; over some of them a response: id, status. */
function tx(v: DataView, at: number, random: Random): void {
  v.setUint32(at, 8 + random(4000), true)
  v.setUint16(at + 4, random(4096), true)
  v.setUint16(at + 6, random(4), true)
  v.setUint16(at + 8, random(256), true)
  v.setUint16(at + 10, 42 + random(1473), true)
  if (random(2)) v.setUint32(at, random(256), true)
}

/** A request: id, pad, gref; a response: id, offset, flags, status. */
function rx(v: DataView, at: number, random: Random, index: number): void {
  v.setUint16(at, index, true)
  if (random(2)) v.setUint32(at + 4, 8 + random(4000), true)
  else v.setUint32(at + 4, (42 + random(1473)) * 65536 + random(4), true)
}

/** rqid, act, cmd_len, cmnd, timeout, channel, id, lun, direction … */
function scsi(v: DataView, at: number, random: Random, index: number): void {
  v.setUint16(at, index, true)
  v.setUint8(at + 2, 1)
  v.setUint8(at + 3, 10)
  for (let i = 4; i < 14; i++) v.setUint8(at + i, random(256))
  for (let i = 0; i < 8; i++) v.setUint32(at + 40 + i * 8, 8 + random(4000), true)
}

/** id, operation, then the request; or status at 4. */
function snd(v: DataView, at: number, random: Random, index: number): void {
  v.setUint16(at, index, true)
  v.setUint8(at + 2, random(4))
  v.setUint32(at + 8, random(65536), true)
  v.setUint32(at + 12, 4096, true)
}

/** in[1024], out[2048], then the indices: nobody has typed anything. */
function consolePage(random: Random): Uint8Array {
  const page = new Uint8Array(PAGE)
  for (let i = 0; i < 2048; i++) page[1024 + i] = 32 + random(95)
  new DataView(page.buffer).setUint32(3072 + 8, random(100_000), true)
  return page
}

/** req[1024], rsp[1024], then the indices: messages of 16 bytes of header and a path. */
function xenstorePage(random: Random): Uint8Array {
  const page = new Uint8Array(PAGE)
  const v = new DataView(page.buffer)
  for (const half of [0, 1024])
    for (let at = half; at + 64 <= half + 1024; at += 64) {
      for (const [i, word] of [random(20), random(1000), 0, 48].entries()) v.setUint32(at + i * 4, word, true)
      for (let i = 16; i < 64; i++) page[at + i] = 97 + random(26)
    }
  return page
}

function noise(random: Random, padded: boolean): Uint8Array {
  const page = new Uint8Array(PAGE)
  for (let i = padded ? 64 : 16; i < PAGE; i++) page[i] = random(256)
  new Uint32Array(page.buffer).set([40 + random(9), 41 + random(9), 36 + random(4), 37 + random(4)])
  return page
}

/** Small numbers, few of them: what a kernel's structs look like. */
function counters(random: Random): Uint8Array {
  const list = Array.from({ length: PAGE / 4 }, (_, i) => (i < 4 ? 1 + random(9) : i < 16 || random(4) > 0 ? 0 : random(300)))
  return words(list)
}

/** A list head and pointers of a kernel. */
function pointers(random: Random): Uint8Array {
  const page = new Uint8Array(PAGE)
  const v = new DataView(page.buffer)
  for (let at = 64; at < PAGE; at += 8 * (1 + random(3)))
    v.setBigUint64(at, 0xffff_8880_0000_0000n + BigInt(random(2 ** 28) * 8), true)
  for (const [i, word] of [3 + random(4), 4, 3, 4].entries()) v.setUint32(i * 4, word, true)
  return page
}
