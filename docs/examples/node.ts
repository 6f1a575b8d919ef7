// Dump folders, series and raw pages to captures.
import { decodeCapture } from 'blkring/capture'
import { loadDumps } from 'blkring/node'

for (const capture of loadDumps('dumps/multi-queue')) {
  const { ring, protocol } = decodeCapture(capture)
  console.log(capture.source, `queue ${capture.queue}`, protocol.protocol, `${ring.outstanding} of ${ring.geometry.nr_ents}`)
}
