// A replay is worth what it notices: each recorded output, changed, must be found.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { describeMismatch, replay } from '../../../scripts/replay/compare.ts'
import { type Vector, vectorOf } from '../../../src/scenario/vector.ts'
import { readVectors, vectorFiles } from '../../blkfront/read-vectors.ts'

const FOLDER = join(import.meta.dirname, '../../vectors')
const VECTORS = vectorFiles(FOLDER).flatMap((file) => readVectors(FOLDER, file))

/** What an event is told to do, and what is said about it beside what was done. */
const NOT_OUTPUTS: ReadonlySet<string> = new Set(
  `type serial op fua sector nrSectors segments finalCheck id operation status mapped raw count grefs which noTag log firstAllocPfn`.split(
    ' ',
  ),
)

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

function vectorNamed(name: string): Vector {
  const found = VECTORS.find((vector) => vector.name === name)
  if (!found) throw new Error(`no vector is called ${name}`)
  return structuredClone(found)
}

/** Every way to spoil one leaf of a value. */
function* spoilt(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    if (value.length === 0) yield [1]
    else yield value.slice(0, -1)
    for (const [i, item] of value.entries()) for (const bad of spoilt(item)) yield value.with(i, bad)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) for (const bad of spoilt(item)) yield { ...value, [key]: bad }
  } else if (typeof value === 'number') yield value + 1
  else if (typeof value === 'boolean') yield !value
  else if (typeof value === 'string') yield value.replace(/.$/, (last) => (last === '0' ? '1' : '0'))
}

describe.each([
  'write-4k-fillaa',
  'indirect-12-fillaa',
  'discard-sec1',
  'no-grants',
  'nonpersistent-still-mapped',
  'bad-response-id',
  'noindirect-extra-pair-errors',
])('%s', (name) => {
  test('every change of a recorded output is found, in the event where it was made', () => {
    const vector = vectorNamed(name)
    const { events } = vector
    let changes = 0
    for (const [n, event] of events.entries())
      for (const [key, value] of Object.entries(event)) {
        // The words of a kernel's death are the kernel's; that it died is compared.
        if (NOT_OUTPUTS.has(key) || key === 'fatal') continue
        // The first spoilt value and the last, of the many that a list of grants has.
        const all = [...spoilt(value)]
        for (const bad of [all[0], all.at(-1)]) {
          const mismatch = replay({ ...vector, events: events.with(n, { ...event, [key]: bad }) }, { sha256 })
          expect(mismatch, `${key} of event ${n}: ${JSON.stringify(bad)?.slice(0, 80)}`).toMatchObject({ event: n })
          changes++
        }
      }
    expect(changes).toBeGreaterThan(events.length)
  })
})

test('a byte of the ring is named by its field', () => {
  const vector = vectorNamed('write-4k-fillaa')
  const submit = vector.events.findIndex((event) => event.type === 'submit')
  const { abi } = vector.config
  const gref = abi === 'x86_32' ? 64 + 20 : 64 + 24
  const event = vector.events[submit]!
  const ring = [...(event.ring ?? []), [gref, 'ff'] as const]
  const mismatch = replay({ ...vector, events: vector.events.with(submit, { ...event, ring }) })!
  expect(mismatch).toMatchObject({ path: 'slot 0 blkif_request.seg[0].gref', offset: gref, expected: 'ff' })
  expect(describeMismatch(mismatch)).toBe(
    `write-4k-fillaa: event ${submit} (submit): slot 0 blkif_request.seg[0].gref at 0x${gref.toString(16)}: expected ff, got ${mismatch.actual}`,
  )
})

test('a missing death of the kernel is found', () => {
  const vector = VECTORS.find(({ events }) => events.at(-1)!.fatal)!
  const last = vector.events.length - 1
  const { fatal, ...survived } = vector.events[last]!
  expect(fatal).toMatch(/BUG|OOPS/)
  expect(replay({ ...vector, events: vector.events.with(last, survived as (typeof vector.events)[0]) })).toMatchObject({
    path: 'fatal',
  })
})

test('recorded bytes that do not fit the ring are no match', () => {
  const vector = vectorNamed('write-4k-fill00')
  const [init] = vector.events
  const changed = (fields: object) => ({ ...vector, events: vector.events.with(0, { ...init!, ...fields }) })
  expect(replay(changed({ ringFull: init!.ringFull!.slice(2) }))).toMatchObject({ path: 'ringFull', expected: '4095 bytes' })
  expect(() => replay(changed({ ringFull: undefined, ring: [[5000, 'ff']] }))).toThrow(
    'a run of 1 bytes at 5000 lies outside of 4096 bytes',
  )
  expect(() => replay(changed({ ringFull: undefined, ring: [[0, 'zz']] }))).toThrow('a run at 0 is no hex')
})

const CONFIG = { driver: 'seed', abi: 'x86_64', pageSize: 4096, ringPages: 1, maxIndirectSegments: 32 }

test.each([
  [null, 'not a scenario: not an object'],
  [{}, 'not a scenario: no name'],
  [{ name: 'x' }, 'x: no config'],
  [{ name: 'x', config: { driver: 'bsd' } }, 'x: no driver is called bsd'],
  [{ name: 'x', config: { driver: 'seed', pageSize: 8192 } }, 'x: no page size of 8192'],
  [{ name: 'x', config: { ...CONFIG, abi: 'ppc' } }, 'x: no ABI is called ppc'],
  [{ name: 'x', config: { ...CONFIG, ringPages: 3 } }, 'x: no ring of 3 pages'],
  [{ name: 'x', config: { ...CONFIG, maxIndirectSegments: 1e9 } }, 'x: maxIndirectSegments is 1000000000'],
  [{ name: 'x', config: CONFIG }, 'x: config has no freeList of [first, count]'],
  [{ name: 'x', config: { ...CONFIG, freeList: [8] } }, 'x: config has no freeList of [first, count]'],
  [{ name: 'x', config: { ...CONFIG, freeList: [] }, events: [] }, 'x: events do not begin with init'],
  [{ name: 'x', config: { ...CONFIG, freeList: [] }, events: [{ type: 'init' }, null] }, 'x: event 1: not an object'],
  [{ name: 'x', config: { ...CONFIG, freeList: [] }, events: [{ type: 'init', ring: 'zz' }] }, 'x: event 0: ring is no list'],
  [{ name: 'x', config: { ...CONFIG, freeList: [] }, events: [{ type: 'init' }] }, 'x: no finalRingSha256'],
])('what is no vector is refused: %j', (json, message) => {
  expect(() => vectorOf(json)).toThrow(message)
})
