// What is measured in memory, in a process of its own (WHAT FILE): each answers a line of standard input with the CPU seconds
// of one round and a checksum, as columns.c does.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Batch } from '../src/codec/batch/batch.ts'
import { readBatch } from '../src/codec/batch/read-batch.ts'
import { writeBatch } from '../src/codec/batch/write-batch.ts'
import { decodeRing } from '../src/codec/ring/decode-ring.ts'
import { ringGeometry } from '../src/codec/ring/geometry.ts'
import { x86_64 } from '../src/codec/struct/abi.ts'
import { dataViewRing } from './data-view.ts'

const RINGS = 64
const PAGE = 4096
const geometry = ringGeometry(x86_64, 1)

/** A round over the whole capture; returns seconds spent, if not all of the round's, and a checksum. */
type Round = (all: Uint8Array) => { readonly seconds?: number; readonly sum: bigint }

function chunks(all: Uint8Array, take: (bytes: Uint8Array) => void): void {
  for (let at = 0; at < all.length; at += RINGS * PAGE) take(all.subarray(at, Math.min(at + RINGS * PAGE, all.length)))
}

function rounds(what: string, file: Uint8Array): { readonly round: Round; readonly all: Uint8Array } {
  const inPlace = what.endsWith('InPlace')
  // Where bytes lie in the batch's own memory, nothing is copied.
  const batch = new Batch(geometry, RINGS, { scratch: inPlace ? file.length : 0 })
  batch.scratch.set(inPlace ? file : [])
  const over = inPlace ? batch.input : new Uint8Array(RINGS * PAGE)
  const decode: Round = (all) => {
    let sum = 0n
    chunks(all, (bytes) => {
      readBatch(batch, bytes)
      const { rows } = batch
      sum += batch.id[rows - 1]! + batch.sector_number[rows >> 1]! + BigInt(batch.gref[rows]!) + BigInt(rows)
    })
    return { sum }
  }
  const encode: Round = (all) => {
    let [seconds, sum] = [0, 0n]
    for (let at = 0; at < all.length; at += 64 * RINGS * PAGE) {
      const bytes = all.subarray(at, Math.min(at + RINGS * PAGE, all.length))
      readBatch(batch, bytes)
      const start = cpu()
      for (let k = 0; k < 64; k++) writeBatch(batch, over.subarray(0, bytes.length))
      seconds += cpu() - start
      sum += BigInt(new Uint32Array(over.buffer, over.byteOffset)[20]!)
    }
    return { seconds, sum }
  }
  const all: Readonly<Record<string, Round>> = {
    decode,
    decodeInPlace: decode,
    encode,
    encodeInPlace: encode,
    objects: (all) => ({ sum: eachRing(all, (bytes) => decodeRing(bytes, x86_64).slots.length) }),
    dataView: (all) => ({ sum: eachRing(all, (bytes) => dataViewRing(bytes).length) }),
  }
  return { round: all[what]!, all: inPlace ? batch.scratch : file }
}

function eachRing(all: Uint8Array, count: (bytes: Uint8Array) => number): bigint {
  let sum = 0
  for (let at = 0; at < all.length; at += PAGE) sum += count(all.subarray(at, at + PAGE))
  return BigInt(sum)
}

function cpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

async function answer(what: string, path: string): Promise<void> {
  const { round, all } = rounds(what, new Uint8Array(readFileSync(path)))
  for await (const _ of createInterface({ input: process.stdin })) {
    const start = cpu()
    const { seconds, sum } = round(all)
    process.stdout.write(`${(seconds ?? cpu() - start).toFixed(6)} ${BigInt.asUintN(64, sum)}\n`)
  }
}

await answer(process.argv[2]!, process.argv[3]!)
