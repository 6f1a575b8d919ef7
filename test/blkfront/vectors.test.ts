// The emulator against the real drivers: everything recorded of them must come out of the scenarios' inputs.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeMismatch, replay } from '../../scripts/replay/compare.ts'
import { describeShared, SHARED } from '../support/shared.ts'
import { readVectors, resumeFiles, vectorFiles } from './read-vectors.ts'

const COMMITTED = join(import.meta.dirname, '../vectors')

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

function replayFile(folder: string, file: string): number {
  const vectors = readVectors(folder, file)
  const mismatches = vectors.flatMap((vector) => replay(vector, { sha256 }) ?? [])
  expect(mismatches.map(describeMismatch)).toEqual([])
  return vectors.length
}

test.each([...vectorFiles(COMMITTED), ...resumeFiles(COMMITTED)])('%s', (file) => {
  expect(replayFile(COMMITTED, file)).toBeGreaterThan(0)
})

test('the selection has every driver with every ABI and page size', () => {
  const shapes = ['x86_32-4096', 'x86_64-16384', 'x86_64-4096', 'x86_64-65536']
  const expected = ['extra-req', 'modern', 'seed'].flatMap((driver) => shapes.map((shape) => `${driver}/${shape}.ndjson.gz`))
  expect(vectorFiles(COMMITTED)).toEqual(expected)
})

describeShared('the complete set', () => {
  const complete = join(SHARED, 'vectors')
  test.each(vectorFiles(complete))('%s', (file) => {
    expect(replayFile(complete, file)).toBeGreaterThan(100)
  })
  test.each(resumeFiles(complete))('%s', (file) => {
    expect(replayFile(complete, file)).toBeGreaterThan(30)
  })
})
