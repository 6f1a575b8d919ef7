// Every real capture, and the verdict that the way it was made (meta.json) makes true.
import { dirname } from 'node:path'
import { expect } from 'vitest'
import { doctorText } from '../../src/commands/doctor/text.ts'
import { type Diagnosis, worst } from '../../src/doctor/index.ts'
import { plainStyle } from '../../src/print/style.ts'
import { type Capture, captures, eachCapture, sharedCaptures, textOf } from '../support/captures.ts'
import { testShared } from '../support/shared.ts'
import { diagnoseInputs, diagnoseRing, loaded, verdictsOf } from './moments.ts'

interface Rule {
  /** Of the capture's name. */
  readonly name: RegExp
  /** Of the worst queue. */
  readonly verdicts: readonly string[]
  readonly why: string
}

const BELOW: Rule['verdicts'] = ['storage-below may']
const FULL: Rule['verdicts'] = ['storage-below may', 'ring-full certain']

const OLD_ERRORS = 'the guest had tried the half of the disk that was an error target, and the ring still has the answers'

/** QEMU moves req_event only when nothing is in flight: what it has taken, the page does not tell. */
const QDISK: Rule['verdicts'] = ['storage-below may', 'requests-not-taken may']

/** The first rule that fits counts. */
const RULES: readonly Rule[] = [
  {
    name: /qdisk-[^/]*\/c-|2-frozen$|^qdisk-storage-frozen$/,
    verdicts: QDISK,
    why: 'QEMU had taken them, and its storage was suspended; the page cannot tell',
  },
  { name: /qdisk-[^/]*\/(a|b)-|s-one-read-[^/]*\/(1-before|3-thawed)$/, verdicts: ['idle certain'], why: 'all was answered' },
  { name: /\/r-after-restore$/, verdicts: ['never-used certain'], why: 'new rings after a restore, before any request' },
  { name: /\/h4-four-queues-inflight$/, verdicts: BELOW, why: 'requests on four queues, on a suspended device' },
  {
    name: /^x86_32.*\/m-.*\/1-before$|^x86_32.*\/n-out-of-order(\/later)?$/,
    verdicts: ['storage-below may', 'io-errors certain'],
    why: OLD_ERRORS,
  },
  { name: /^x86_32.*\/m-.*\/2-responses-unconsumed$/, verdicts: ['responses-not-taken may', 'io-errors certain'], why: OLD_ERRORS },
  { name: /^x86_32.*\/m-.*\/3-consumed$/, verdicts: ['io-errors certain', 'idle certain'], why: OLD_ERRORS },
  {
    name: /p3-no-indirect\/j-series$/,
    verdicts: ['moving likely'],
    why: 'as the other series, but its last snapshot has requests on the way',
  },
  { name: /(^|\/)(a-idle|idle|b-completed-wrapped|wrapped)$/, verdicts: ['idle certain'], why: 'all was answered' },
  {
    name: /(p3-no-indirect|p4-ring4pages)\/c3-/,
    verdicts: BELOW,
    why: 'fewer requests than slots: 64 KiB pages take two slots, four pages have 128',
  },
  { name: /\/c3b?-ring-full|^ring-full/, verdicts: FULL, why: 'as many requests as slots, on a suspended device' },
  { name: /p3-no-indirect\/d\d?-/, verdicts: FULL, why: 'requests of 1 MiB without indirect segments fill the ring' },
  { name: /\/(c\d?|d\d?)-[^/]*$/, verdicts: BELOW, why: 'the device below the backend was suspended' },
  {
    name: /^(direct|small-sectors|indirect|64k-odd-offsets|64k-split-pair|multi-page|multi-queue|x86_32|untrusted-bounce)$/,
    verdicts: BELOW,
    why: 'as above',
  },
  { name: /k-core$/, verdicts: BELOW, why: 'requests in flight on a suspended device' },
  { name: /1-flush-inflight$|^flush$/, verdicts: BELOW, why: 'writes and a flush wait on a suspended device' },
  {
    name: /2-discard-inflight$|^discard$/,
    verdicts: ['backend-blocked may'],
    why: 'the backend does discards before it takes the next request',
  },
  { name: /3-completed$|3-consumed$/, verdicts: ['idle certain'], why: 'all was answered and taken' },
  {
    name: /o-unconsumed-requests$|^unconsumed-requests$/,
    verdicts: ['backend-blocked may'],
    why: 'its thread was blocked in a discard on a suspended device',
  },
  { name: /m-responses-unconsumed\/1-before$/, verdicts: BELOW, why: 'six requests on a suspended device' },
  {
    name: /2-responses-unconsumed$|^unconsumed-responses$/,
    verdicts: ['responses-not-taken may'],
    why: 'the guest was paused while the backend answered',
  },
  { name: /n-out-of-order|^out-of-order/, verdicts: BELOW, why: 'half of the disk was suspended' },
  { name: /p-eopnotsupp$|^eopnotsupp$/, verdicts: ['idle certain'], why: 'a refused discard is an answer' },
  {
    name: /i-io-error$|^error$/,
    verdicts: ['io-errors certain', 'idle certain'],
    why: 'half of the disk was an error target; all was answered',
  },
  { name: /j-series$|^series$/, verdicts: ['moving certain'], why: 'two writers and readers were at work, nothing was suspended' },
  {
    name: /p4-ring4pages\/l-virgin|^virgin-x86_64-4-pages$/,
    verdicts: ['never-used certain'],
    why: 'the guest had not sent any request',
  },
  { name: /l-virgin|^virgin-/, verdicts: BELOW, why: 'its first request, on a suspended device' },
  {
    name: /q-4096-byte|^4k-sectors$/,
    verdicts: ['storage-below may', 'io-errors certain'],
    why: 'misaligned requests were refused, the others wait on a suspended device',
  },
  { name: /grub-first-read-inflight$|^grub$/, verdicts: BELOW, why: 'its first read, on a suspended device' },
  { name: /grub-first-read-inflight\/later$/, verdicts: ['idle certain'], why: 'GRUB reads one thing after another, and had read' },
]

const ruleOf = ({ name }: Capture) => RULES.find((rule) => rule.name.test(name))

eachCapture('each capture', (capture) => {
  const rule = ruleOf(capture)
  expect(rule, 'a rule for it').toBeDefined()
  const queues = diagnoseInputs([capture.path])
  expect(verdictsOf(worst(queues)), rule!.why).toEqual(rule!.verdicts)
  checkDriver(capture, worst(queues))
  const lines = doctorText('title', queues, { style: plainStyle, width: 80 }).split('\n')
  expect(lines.length).toBeLessThanOrEqual(50)
  expect(lines.filter((line) => line.length > 80)).toEqual([])
})

/** meta.json says what the frontend is. */
function checkDriver(capture: Capture, { drivers, last, owes }: Diagnosis): void {
  const meta = textOf(capture, 'meta.json') ?? textOf({ ...capture, path: dirname(capture.path) }, 'meta.json')
  const [best] = drivers
  if (meta === undefined || best === undefined) return
  const { frontend_driver } = JSON.parse(meta) as { frontend_driver: string }
  // A single request with id 0 can be anyone's, and is all that there is.
  const used = last.shown!.ring.slots.filter((s) => s.state !== 'unused').length
  if (used < 2) return
  expect(best.name, JSON.stringify(drivers)).toBe(/GRUB/.test(frontend_driver) ? 'GRUB' : 'Linux xen-blkfront')
  expect(owes.answers).toBe(last.shown!.ring.outstanding)
}

testShared('every rule has a capture', () => {
  const used = new Set([...captures, ...sharedCaptures()].map(ruleOf))
  expect(RULES.filter((rule) => !used.has(rule)).map((rule) => String(rule.name))).toEqual([])
})

const isLive = ({ name }: Capture) => /j-series$|^series$/.test(name)

eachCapture('every half of a live series moves', halvesMove, { only: isLive })

function halvesMove({ path }: Capture): void {
  const moments = loaded(path)
  for (let from = 0; from + 20 <= moments.length; from++) {
    const part = moments.slice(from, from + 20)
    const problems = diagnoseRing(part, {}, 0.01).verdicts.filter((v) => v.problem)
    expect(problems, `from snapshot ${from}`).toEqual([])
    // Without a clock, a pause within it may be the end.
    const firm = diagnoseRing(part).verdicts.filter((v) => v.problem && v.sureness !== 'may')
    expect(firm, `from snapshot ${from}`).toEqual([])
  }
}

eachCapture('no single moment of a live series is a sure problem', noSureProblem, { only: isLive })

function noSureProblem({ path }: Capture): void {
  for (const moment of loaded(path)) {
    const problems = diagnoseRing([moment]).verdicts.filter((v) => v.problem && v.verdict !== 'ring-full')
    expect(problems.filter((v) => v.sureness !== 'may').map((v) => `${v.verdict}: ${v.text}`)).toEqual([])
  }
}
