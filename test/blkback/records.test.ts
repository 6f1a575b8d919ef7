// The emulated backends against what real ones did, byte by byte (README.md of test/check/backends).

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { notCompared } from '../../scripts/replay/backend-record.ts'
import { PreparedDisk, replayBackendRecord } from '../../scripts/replay/replay-backend.ts'
import { backendRecords, OUR_RECORDS } from '../support/backend-records.ts'
import { SHARED, testShared } from '../support/shared.ts'

function replayed(folder: string) {
  const disks = new Map<string, PreparedDisk>()
  let equal = 0
  const named: string[] = []
  const wrong: string[] = []
  for (const record of backendRecords(folder)) {
    const { file = '' } = record
    const disk = disks.get(file) ?? new PreparedDisk()
    disks.set(file, disk)
    const not = notCompared(record)
    if (not) named.push(`${file} ${record.case}: ${not.part}`)
    if (not?.part === 'all') continue
    const differences = replayBackendRecord(record, disk)
    if (differences.length === 0) equal++
    for (const difference of differences) wrong.push(`${file} ${record.case}: ${difference}`)
  }
  return { equal, named, wrong }
}

test('every byte of the responses, every index and every page that was looked at is as it was', () => {
  const { equal, named, wrong } = replayed(OUR_RECORDS)
  expect(wrong).toEqual([])
  expect([equal, named.length]).toEqual([439, 13])
})

testShared('backends: every byte of the responses, every index and every page is as it was', () => {
  expect(replayed(join(SHARED, 'backends')).wrong).toEqual([])
})
