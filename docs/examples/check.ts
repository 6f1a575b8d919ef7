// The rules of `check` over a ring, one of them explained, and what a backend would answer.
import { decodeCapture } from 'blkring/capture'
import { backendVerdicts, check, RULES } from 'blkring/check'
import { loadDumps } from 'blkring/node'

const rings = [...loadDumps('dumps/hostile/in-flight')].map((capture) => decodeCapture(capture))
for (const { rule, slot, message } of check(rings)) console.log(`slot ${slot}: ${rule.id} (${rule.severity}): ${message}`)
console.log(RULES.find(({ id }) => id === 'id-shared')?.explain.means)
for (const ring of rings)
  for (const { slot, outcome, test } of backendVerdicts(ring, 'linux').slice(0, 2)) console.log(slot.slot, outcome, test)
