// A ring from its bytes: what it holds, what is wrong with it, and who keeps the disk waiting.
import { captureOf, check, decodeCapture, decodeRing, diagnose, diff, guessAbi } from 'blkring'
import { loadDumps } from 'blkring/node'

for (const { bytes, indirectPages, xenstore } of loadDumps('dumps/indirect')) {
  const ring = decodeRing(bytes, guessAbi(bytes).abi, { indirectPages })
  for (const slot of ring.slots)
    if (slot.state === 'request' && slot.request.op === 'indirect' && slot.request.nr_segments > 100)
      console.log(`slot ${slot.slot}: ${slot.request.nr_segments} segments, answered: ${slot.answered}`)

  const decoded = decodeCapture(captureOf(bytes, { indirectPages, xenstore }))
  for (const { rule, message } of check(decoded)) console.log(`${rule.severity} ${rule.id}: ${message}`)
  for (const { verdicts, owes } of diagnose(decoded)) console.log(`${verdicts[0]?.verdict}, ${owes.answers} answers owed`)
  const { hunks } = diff(decoded, [...loadDumps('dumps/idle')].map((capture) => decodeCapture(capture)))
  console.log(`${hunks.length} things differ from an idle ring`)
}
