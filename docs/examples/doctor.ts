// Why a disk hangs: verdicts, what they rest on, and the next step.
import { decodeCapture } from 'blkring/capture'
import { diagnose } from 'blkring/doctor'
import { loadDumps } from 'blkring/node'

const moments = [...loadDumps('dumps/unconsumed-requests')].map((capture) => decodeCapture(capture))
for (const { verdicts, evidence, owes, next } of diagnose(moments)) {
  console.log(verdicts.map(({ verdict, sureness }) => `${verdict} (${sureness})`).join(', '))
  console.log(evidence[0])
  console.log(`${owes.answers} answers owed; next: ${next[0]?.command}`)
}
