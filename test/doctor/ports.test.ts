// What the hypervisor's event channels settle of a lost event, and how a ring is told to have one.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { STRUCTS, type Testimony } from '../../src/capture/testimony.ts'
import { caseOf, type DeviceCase, deskOf, type Moment, momentOfTestimony } from '../../src/doctor/index.ts'
import { readStatements } from '../../src/evidence/read.ts'
import { devicesOf } from './moments.ts'

/** Ports of domain 1 to domain 0, by their pending and masked bits. */
const events = (ports: Readonly<Record<number, string>>, domid = 1) => `(XEN) 'e' pressed -> dumping event-channel info
(XEN) Event channel information for domain ${domid}:
(XEN)     port [p/m/s]
${Object.entries(ports)
  .map(([port, bits]) => `(XEN)     ${port.padStart(4)} [${bits}/  -   ]: s=3 n=0 x=0 d=0 p=${Number(port) + 14}\n`)
  .join('')}`

/** 4 responses are published and not taken, and the event that was asked for has been passed. */
const OWED = { req_prod: 48271, req_event: 48272, rsp_prod: 48262, rsp_event: 48259 }
/** 3 requests are published and not taken. */
const UNTAKEN = { req_prod: 48271, req_event: 48269, rsp_prod: 48268, rsp_event: 48269 }

function ring(shared: Testimony['shared'], known: Testimony['known'] = {}, more: Partial<Testimony> = {}): Moment {
  const testimony = { form: STRUCTS, lines: [1, 1], nr_ents: 32, shared, known, evtchn: 9, ringRefs: [9], ...more } as Testimony
  return momentOfTestimony(testimony, { source: 'ring.txt', series: 'one' }) as Moment
}

function judged(moments: readonly Moment[], texts: Readonly<Record<string, string>>, interval?: number) {
  const statements = Object.entries(texts).flatMap(([name, said]) => readStatements(name, said).statements)
  const { places, notes, unplaced } = deskOf(devicesOf(moments.map((moment) => [moment])).devices, statements)
  return { cases: places.map((place) => caseOf(place, interval)), notes: notes.join('\n'), unplaced }
}

const all = ({ verdicts }: DeviceCase) => verdicts.map(({ verdict, sureness }) => `${verdict} ${sureness}`)

describe('responses that are not taken', () => {
  const seen = ring(OWED, { rsp_cons: 48258 })
  test.each<[string, string, number | undefined, string[]]>([
    ['pending: the event was not lost, whatever else', '1/0', undefined, ['responses-not-taken may']],
    ['pending behind a mask: as well', '1/1', undefined, ['responses-not-taken may']],
    ['nothing there: a moment of a ring in motion looks the same', '0/0', undefined, ['lost-back-to-front-event may']],
    ['masked: the handler may be at it', '0/1', undefined, ['lost-back-to-front-event may']],
    ['pending for 40 s', '1/0', 40, ['responses-not-taken certain']],
    ['nothing there for 40 s, and a guest that is paused would have it', '0/0', 40, ['lost-back-to-front-event certain']],
    ['nothing there for 5 s', '0/0', 5, ['lost-back-to-front-event likely']],
    ['masked for 40 s: a guest that does not run looks the same', '0/1', 40, ['responses-not-taken certain']],
  ])('%s', (_, bits, interval, verdicts) => {
    const { cases } = judged(interval === undefined ? [seen] : [seen, seen], { e: events({ 9: bits }) }, interval)
    const owed = all(cases[0]!).filter((verdict) => !verdict.startsWith('storage-below'))
    expect(owed.slice(0, 1)).toEqual(verdicts)
    if (bits.startsWith('1')) expect(owed.join()).not.toContain('lost-')
  })

  test('without rsp_cons it is no surer than that they are not taken', () => {
    const hint = ring(OWED)
    const { cases } = judged([hint, hint], { e: events({ 9: '0/0' }) }, 40)
    expect(all(cases[0]!)[0]).toBe('lost-back-to-front-event likely')
  })

  test('where all are taken, none is owed', () => {
    const { cases } = judged([ring(OWED, { rsp_cons: 48262 })], { e: events({ 9: '1/0' }) })
    expect(all(cases[0]!).join()).not.toMatch(/lost|responses/)
    expect(cases[0]!.remarks.map(({ text }) => text).join()).toMatch(/By its indices nothing is owed to it/)
  })
})

test('of requests an event that is not there proves less: its handler wakes a thread', () => {
  const backend = `(XEN) Event channel information for domain 0:
(XEN)       23 [0/0/  -   ]: s=3 n=0 x=0 d=1 p=9
${events({ 9: '0/0' })}`
  const asleep = ring(UNTAKEN, { req_cons: 48268 })
  const { cases } = judged([asleep, asleep], { e: backend }, 40)
  expect(all(cases[0]!)[0]).toBe('lost-front-to-back-event likely')
  const told = judged([asleep, asleep], { e: backend.replace('[0/0/', '[1/0/') }, 40)
  expect(all(told.cases[0]!)[0]).toBe('requests-not-taken certain')
})

describe('whose a ring is that no listing names', () => {
  test('of the only domain that has its port', () => {
    const { notes, cases } = judged([ring(OWED)], { e: events({ 9: '1/0' }) })
    expect(notes).toMatch(/taken for a ring of domain 1, the only one that has an event channel 9/)
    expect(cases).toHaveLength(1)
  })

  test('of none, where two have it, or none: and the event channels are not passed over in silence', () => {
    const two = judged([ring(OWED)], { e: events({ 9: '1/0' }) + events({ 9: '1/0' }, 2) })
    expect(two.cases[0]!.remarks).toEqual([])
    expect(two.notes).toMatch(/2 ports; pending: port 9 of domain 1, port 9 of domain 2, none is masked/)
    expect(judged([], { e: events({ 8: '0/0' }) }).notes).toMatch(/^e: event channels between domains, 1 port; none is pending/)
  })

  const listing = readFileSync(join(import.meta.dirname, '../evidence/hung/host/xenstore-ls-f.txt'), 'utf8')
  test('of the device that has its ring-ref and its event channel, whichever of two', () => {
    const { cases, notes } = judged([ring(OWED)], { listing })
    expect(cases.find(({ diagnoses }) => diagnoses.length > 0)?.name).toMatch(/^vbd-1-51712/)
    expect(notes).toMatch(/same ring-ref 9 and event-channel 9/)
    const idle = judged([ring(OWED, {}, { evtchn: 8, ringRefs: [8] })], { listing })
    expect(idle.cases.find(({ diagnoses }) => diagnoses.length > 0)?.name).toMatch(/^vbd-1-268441856/)
  })

  test('and of neither with the port of one, and the reference of the other', () => {
    const { cases } = judged([ring(OWED, {}, { ringRefs: [8] })], { listing })
    expect(cases.find(({ diagnoses }) => diagnoses.length > 0)?.name).toBeUndefined()
  })
})

test('an interrupt is of the ring whose struct has its number, and others are of none', () => {
  const interrupts = (n: number) => `  7:  5  xen-dyn-lateeoi  -event  blkif\n  8:  ${n}  xen-dyn-lateeoi  -event  blkif\n`
  const { cases, unplaced } = judged([ring(OWED, {}, { irq: 8 })], { before: interrupts(27), after: interrupts(29) })
  expect(cases[0]!.remarks.map(({ text }) => text).join()).toMatch(/grew: interrupts of irq 8 \(frontend\) by 2/)
  expect(unplaced.map(({ statement }) => statement.of.irq)).toEqual([7, 7])
})

describe('a header that says nothing of how many slots there are', () => {
  const header = (shared: Testimony['shared'], more: Partial<Testimony> = {}) => {
    const testimony = { form: STRUCTS, lines: [1, 1], shared, known: {}, ...more } as Testimony
    const { places } = deskOf([], [], [momentOfTestimony(testimony, { source: 'sring.txt' })])
    return places.map((place) => caseOf(place))[0]!
  }
  const HELD = { req_prod: 78, req_event: 79, rsp_prod: 59, rsp_event: 60 }

  test('is judged by what holds of every ring', () => {
    const { diagnoses } = header(HELD)
    expect(all(header(HELD))[0]).toBe('storage-below may')
    expect(diagnoses[0]!.evidence.join()).toMatch(/19 slots outstanding/)
    expect(diagnoses[0]!.last.nr_ents).toBeUndefined()
    expect(diagnoses[0]!.owes).toMatchObject({ answers: 19, unseen: { atMost: 0 } })
  })

  test('by its pages, where they are known', () => {
    const { diagnoses } = header(HELD, { ringRefs: [8, 9] })
    expect(diagnoses[0]!.evidence.join()).toMatch(/19 of 64 slots outstanding/)
  })

  test('indices that no ring can have are said to be so', () => {
    expect(all(header({ ...HELD, rsp_prod: 79 }))).toEqual(['corrupt-indices likely'])
    expect(all(header({ ...HELD, req_prod: 59 + 513 }))).toEqual(['corrupt-indices likely'])
    expect(all(header({ ...HELD, req_prod: 59 + 512 }))[0]).not.toMatch(/corrupt/)
  })
})
