// The tables of Xen's headers, and what their numbers mean.
import { decode, layoutOf, x86_64 } from 'blkring/struct'
import { BLKIF_OP_DISCARD, blkifRequestDiscard, blkifResponse, opName, statusName } from 'blkring/xen'

console.log(layoutOf(blkifRequestDiscard, x86_64).size, 'bytes for', opName(BLKIF_OP_DISCARD))
const { id, operation, status } = decode(blkifResponse, x86_64, Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0xff, 0xff, 0, 0, 0, 0))
console.log(`request ${id}: ${opName(operation)} ${statusName(status)}`)
