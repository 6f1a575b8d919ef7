// Rings out of text, as people paste it.
import { decodeRing, x86_64 } from 'blkring'
import { readTextRings } from 'blkring/hexdump'

const paste = `
00000000  01 00 00 00 02 00 00 00  00 00 00 00 01 00 00 00  |................|
00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
*
00000040  00 01 00 ca 00 00 00 00  07 00 00 00 00 00 00 00  |................|
00000050  00 08 00 00 00 00 00 00  09 00 00 00 00 07 00 00  |................|
00000060  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
*
00001000
`
for (const { bytes, missing, origin } of readTextRings(paste, 1)) {
  const [slot] = decodeRing(bytes, x86_64, { missing }).slots
  console.log(origin, slot?.state === 'request' ? `${slot.request.op} at sector ${slot.request.sector_number}` : slot?.state)
}
