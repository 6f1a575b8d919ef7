// `check --backend` against what real backends answered, byte by byte.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type BackendRecord, notInRecord } from '../../scripts/replay/backend-record.ts'
import { backendVerdicts } from '../../src/check/index.ts'
import { backendRecords, decodedOf, OUR_RECORDS } from '../support/backend-records.ts'
import { SHARED, testShared } from '../support/shared.ts'

const STATUS = new Map([
  [0, 'accept'],
  [-1, 'ERROR'],
  [-2, 'EOPNOTSUPP'],
])

/** Of each request what the table says, and what the backend did. */
function compare(record: BackendRecord): { said: string; did: string }[] {
  const { responses, outcome, requests, backend } = record
  const decoded = decodedOf(record)
  const verdicts = backendVerdicts(decoded, backend.name)
  const left = [...responses]
  return requests.map(({ slot, index }) => {
    const verdict = verdicts.find((v) => v.slot.slot === slot)
    const id = verdict?.slot.request.id.toString(16)
    const own = left.findIndex((response) => response.id === id)
    // Served round and round, its response was written over by those of later rounds.
    const i = own < 0 && responses.length > requests.length ? left.findIndex((r) => r.index === index) : own
    const [response] = i < 0 ? [] : left.splice(i, 1)
    return {
      said: verdict ? verdict.outcome : 'nothing',
      did: response
        ? (STATUS.get(response.status) ?? `status ${response.status}`)
        : outcome === 'answered'
          ? 'no response of its id'
          : outcome,
    }
  })
}

function disagreements(folder: string): { table: Record<string, string>; wrong: string[]; set: number } {
  const counts = new Map<string, { agree: number; of: number }>()
  const wrong: string[] = []
  let set = 0
  for (const record of backendRecords(folder)) {
    const { file = '' } = record
    if (notInRecord(record) !== undefined) {
      set++
      continue
    }
    const key = `${record.backend.name} ${record.case.replace(/[-+=_0-9].*$/, '')}`
    const count = counts.get(key) ?? { agree: 0, of: 0 }
    counts.set(key, count)
    for (const { said, did } of compare(record)) {
      count.of++
      if (said === did) count.agree++
      else wrong.push(`${file} ${record.case}: said ${said}, did ${did}`)
    }
  }
  const table = Object.fromEntries([...counts].sort().map(([key, { agree, of }]) => [key, `${agree} of ${of}`]))
  return { table, wrong, set }
}

test('every request is answered as the tables say', () => {
  const { table, wrong, set } = disagreements(OUR_RECORDS)
  expect(wrong).toEqual([])
  expect(Object.keys(table)).toHaveLength(41)
  expect(set).toBe(5)
})

testShared('backends: every request is answered as the tables say', () => {
  const { table, wrong, set } = disagreements(join(SHARED, 'backends'))
  process.stdout.write(`${JSON.stringify(table, null, 1)}\n${set} records depend on what is not in them\n`)
  expect(wrong).toEqual([])
})

test('a condition that is not met is what the backend refused: without a grant table it is named', () => {
  const refused = backendRecords(OUR_RECORDS).filter((record) =>
    /^(gref-ro-read-into|gref-ffffffff|ind-badgref)$/.test(record.case),
  )
  expect(refused.length).toBeGreaterThan(5)
  for (const record of refused) {
    const { capture, ...rest } = decodedOf(record)
    const [verdict] = backendVerdicts({ ...rest, capture: { ...capture, grants: undefined } }, record.backend.name)
    if (verdict!.outcome === 'ERROR') continue // QEMU takes no indirect request.
    const { maps, writable } = verdict!.condition!
    const { data, indirect, read_only } = record.grants
    const holds =
      maps.every((gref) => [...data, ...indirect, ...read_only].includes(gref)) && !writable.some((g) => read_only.includes(g))
    expect([record.case, verdict!.outcome, holds]).toEqual([
      record.case,
      record.case === 'ind-badgref' ? 'unknown' : 'accept',
      false,
    ])
  }
})
