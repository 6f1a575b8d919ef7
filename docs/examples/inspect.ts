// From a byte to its name, its value and what it means.
import { decodeCapture } from 'blkring/capture'
import { areaAt, spotsOf } from 'blkring/inspect'
import { loadDumps } from 'blkring/node'

for (const capture of loadDumps('dumps/direct')) {
  const { ring, findings } = decodeCapture(capture)
  const view = { ring, findings, bytes: capture.bytes, indirectPages: capture.indirectPages }
  for (const { offset, path, value, meaning } of spotsOf(view, areaAt(ring, 0x40)).slice(0, 4))
    console.log(`0x${offset.toString(16)} ${path} = ${value}${meaning === undefined ? '' : ` (${meaning})`}`)
}
