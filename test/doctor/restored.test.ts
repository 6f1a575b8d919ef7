// A guest that was saved and restored: its rings before, in flight, and after, as one series.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { replacedBy } from '../../src/codec/ring/replaced.ts'
import { rulesFiring } from '../check/run-check.ts'
import { SHARED, testShared } from '../support/shared.ts'
import { devicesOf, diagnoseInputs, loaded } from './moments.ts'

const QUEUES = [0, 1, 2, 3]
const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

function seriesOfBoth(): string {
  const captures = join(SHARED, 'captures/x86_64-4k')
  const before = join(captures, 'p5q4-multiqueue4-ring8pages/h4-four-queues-inflight')
  const after = join(captures, 'restored/r-after-restore')
  for (const queue of QUEUES.map((q) => `queue-${q}`)) {
    mkdirSync(join(scratch, queue), { recursive: true })
    for (const [i, folder] of [before, after].entries())
      cpSync(join(folder, queue, 'ring.bin'), join(scratch, queue, `ring-00${i}.bin`))
  }
  if (existsSync(join(after, 'xenstore.txt'))) cpSync(join(after, 'xenstore.txt'), join(scratch, 'xenstore.txt'))
  return scratch
}

testShared('the rings of a guest that was restored are new, and nothing of what was in flight is asked for yet', () => {
  const folder = seriesOfBoth()
  const moments = loaded(folder)
  const queues = diagnoseInputs([folder])
  expect(queues.map(({ last }) => last.queue)).toEqual(QUEUES)
  for (const { verdicts, last, moments: n, replaced } of queues) {
    expect([verdicts[0]!.verdict, last.sring.req_prod, n]).toEqual(['never-used', 0, 1])
    const old = moments.find(({ queue, sring }) => queue === last.queue && sring.req_prod > 0)!
    expect(replaced?.redone?.requests.map(({ again }) => again)).toEqual(
      old.shown!.ring.slots.flatMap((slot) => (slot.state === 'request' ? ['none'] : [])),
    )
    expect(replacedBy(old, last)?.evidence).toBe('indices')
  }
  const rules = rulesFiring(folder)
  expect(rules).toContain('ring-replaced')
  for (const rule of ['changed-in-flight', 'indices-went-back', 'resume-lost', 'resume-uncovered'])
    expect(rules).not.toContain(rule)
})

testShared('two captures that nothing but the disk ties together are judged apart', () => {
  const captures = join(SHARED, 'captures/x86_64-4k')
  const qdisk = loaded(join(captures, 'qdisk-linux-frontend/c-direct-inflight'))
  const restored = loaded(join(captures, 'restored/r-after-restore')).filter(({ queue }) => queue === 0)
  expect(devicesOf([...qdisk, ...restored]).devices).toHaveLength(2)
})
