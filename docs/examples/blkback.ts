// A captured ring answered as Linux's blkback would, on a disk in memory; and what its drivers' +88 does to that disk.
import { answerRing, type BlockStore, misplacedOf } from 'blkring/blkback'
import { decodeCapture } from 'blkring/capture'
import { loadDumps } from 'blkring/node'

const bytes = new Uint8Array(64 * 2 ** 20)
const store: BlockStore = {
  read: (at, into) => into.set(bytes.subarray(at, at + into.length)),
  write: (at, from) => bytes.set(from, at),
  discard: (at, length) => bytes.fill(0, at, at + length),
}
// Every page of the guest is at hand here, and all of them are one.
const page = new Uint8Array(4096).fill(0x42)
const [capture] = loadDumps('dumps/64k-split-pair')
const options = { backend: 'linux', store, diskBytes: bytes.length, data: { get: () => page } } as const
const answered = answerRing(decodeCapture(capture!), options)
for (const { slot, status, touches } of answered.requests.slice(-2)) console.log(slot.index, slot.request.op, status, touches)
for (const { writes, skipped, beyond } of misplacedOf(answered.requests)) if (writes) console.log({ skipped, beyond })
