// A ring with what lies beside it: the protocol is chosen by XenStore, else by the bytes, and says so.
import { captureOf, decodeCapture } from 'blkring/capture'
import { loadDumps } from 'blkring/node'
import { parseXenstore } from 'blkring/xenstore'

for (const { bytes } of loadDumps('dumps/x86_32')) {
  const alone = decodeCapture(captureOf(bytes))
  console.log(`${alone.protocol.protocol}: ${alone.protocol.why}`)
  const [xenstore] = parseXenstore('protocol = "x86_64-abi"\nring-ref = "8"\n')
  const told = decodeCapture(captureOf(bytes, { xenstore, source: 'mine' }))
  console.log(`${told.protocol.protocol}: ${told.protocol.why}`)
  for (const { code } of told.findings.slice(0, 1)) console.log(code)
}
