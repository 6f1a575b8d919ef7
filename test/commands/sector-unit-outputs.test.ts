// Every output that has numbers of sectors says what they count, where it is not 512 bytes.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { inProcess } from '../support/in-process.ts'
import { parquetRows } from '../support/parquet.ts'

const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const OWN = 'dumps/hostile/sector-unit'
const file = (name: string) => join(scratch, name)
const [csv, ownCsv, pagesCsv, check, small, stats, smallStats] = inProcess(
  [
    ['decode', '--csv', OWN],
    ['decode', '--csv', '--sector-unit', 'disk', OWN],
    ['decode', '--csv', '--sector-unit', '4096', '--pages', '1', `${OWN}/ring.bin`],
    ['check', '--json', '--severity', 'note', OWN],
    ['check', '--json', '--severity', 'note', `${OWN}-clean`],
    ['stats', '--json', '--sector-unit', 'disk', OWN],
    ['stats', '--json', OWN],
    ['decode', '--parquet', file('own'), '--sector-unit', 'disk', OWN],
    ['decode', '--parquet', file('small'), OWN],
  ].map((args) => ({ args, env: {} })),
).map(({ stdout }) => stdout)

const lastFields = (text: string) =>
  new Set(
    text
      .trim()
      .split('\n')
      .map((line) => line.split(',').at(-1)!),
  )
const widths = (text: string) =>
  new Set(
    text
      .trim()
      .split('\n')
      .map((line) => line.split(',').length),
  )

test('CSV, where a unit was asked for, in each line; by objects and by columns', () => {
  expect(csv).not.toContain('sector_unit')
  for (const text of [ownCsv!, pagesCsv!]) {
    expect(lastFields(text)).toEqual(new Set(['sector_unit', '4096']))
    expect(widths(text)).toEqual(new Set([...widths(csv!)].map((n) => n + 1)))
  }
})

test('Parquet, in each row', () => {
  const units = (name: string) => new Set(parquetRows(readFileSync(file(name))).map(({ sector_unit }) => sector_unit))
  expect(units('own')).toEqual(new Set([4096]))
  expect(units('small')).toEqual(new Set([512]))
})

test('check, of the ring, as the rules read it; stats, of the ring', () => {
  const units = (text: string) => (JSON.parse(text) as { rings: { sector_unit?: number }[] }).rings.map((ring) => ring.sector_unit)
  expect(units(check!)).toEqual([4096])
  for (const unit of units(small!)) expect(unit).toBeUndefined()
  expect(units(stats!)).toEqual([4096])
  expect(units(smallStats!)).toEqual([undefined])
})
