// Folders of files, lists of names and long captures: counted as each ring by itself says, in memory that does not grow.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { captureOf } from '../../src/capture/index.ts'
import { check } from '../../src/check/index.ts'
import { Tally } from '../../src/commands/check/tally.ts'
import { chanceOf, Mutator } from '../../src/mutate/mutator.ts'
import { mutableRing } from '../../src/mutate/source.ts'
import { loadDumps } from '../../src/node/index.ts'
import { inProcess } from '../support/in-process.ts'

const dumps = join(import.meta.dirname, '../../dumps')
const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const direct = decodeCapture([...loadDumps(join(dumps, 'direct'))][0]!)
const mutator = new Mutator(mutableRing(direct, false))
const RINGS = Array.from({ length: 60 }, (_, n) => mutator.next(chanceOf(5, n))!.bytes)

/** By rule how many findings and in how many rings, each ring looked at alone. */
const EXPECTED = (() => {
  const counts = new Map<string, { findings: number; rings: number }>()
  for (const bytes of RINGS) {
    const found = check(decodeCapture(captureOf(bytes))).filter(({ rule }) => rule.severity !== 'note')
    for (const id of new Set(found.map(({ rule }) => rule.id))) {
      const before = counts.get(id) ?? { findings: 0, rings: 0 }
      counts.set(id, { findings: before.findings + found.filter(({ rule }) => rule.id === id).length, rings: before.rings + 1 })
    }
  }
  return counts
})()

const folder = join(scratch, 'corpus')
mkdirSync(join(folder, 'below/deeper'), { recursive: true })
const PATHS = RINGS.map((bytes, n) => {
  const path = join(folder, n % 3 === 0 ? 'below/deeper' : '', `crash ${n}`)
  writeFileSync(path, bytes)
  return path
})
writeFileSync(join(folder, 'README'), 'no ring\n')
writeFileSync(join(folder, 'below/cut.bin'), RINGS[0]!.subarray(0, 4000))
writeFileSync(join(scratch, 'names'), `${PATHS.join('\0')}\0`)
writeFileSync(join(scratch, 'lines'), `${PATHS.join('\r\n')}`)
writeFileSync(join(scratch, 'stream'), Buffer.concat(RINGS))

const WAYS = {
  'a folder': [folder],
  'a list of names apart by NUL': ['--files-from', join(scratch, 'names')],
  'a list of lines': ['--files-from', join(scratch, 'lines')],
  'one file': ['--apart', '--pages', '1', join(scratch, 'stream')],
}

test('every way to the same rings gives the same sums', () => {
  const printed = inProcess(Object.values(WAYS).map((args) => ({ args: ['check', '--summary', '--unique', '--json', ...args] })))
  for (const [i, way] of Object.keys(WAYS).entries()) {
    const { summary, kinds, checked, rings } = JSON.parse(printed[i]!.stdout)
    expect(checked, way).toBe(RINGS.length)
    expect(rings).toEqual([])
    const counts = summary.map(({ rule, findings, rings }: { rule: string; findings: number; rings: number }) => [
      rule,
      { findings, rings },
    ])
    expect(new Map(counts), way).toEqual(EXPECTED)
    const broken = RINGS.filter((bytes) => check(decodeCapture(captureOf(bytes))).some(({ rule }) => rule.severity !== 'note'))
    expect(
      kinds.reduce((sum: number, kind: { rings: number }) => sum + kind.rings, 0),
      way,
    ).toBe(broken.length)
  }
  expect(printed[0]!.stderr).toContain('2 files left out, no whole pages of a ring')
})

test('--unique lists each kind of ring once', () => {
  const [unique, all] = inProcess([{ args: ['check', '--unique', '--json', folder] }, { args: ['check', '--json', folder] }])
  const [few, many] = [JSON.parse(unique!.stdout), JSON.parse(all!.stdout)]
  expect(few.rings).toHaveLength(few.kinds.length)
  expect(few.kinds.length).toBeLessThan(many.rings.length)
  const sets = (rings: { findings: { rule: string }[] }[]) =>
    new Set(rings.map((ring) => [...new Set(ring.findings.map(({ rule }) => rule))].sort().join()))
  expect(sets(few.rings)).toEqual(sets(many.rings))
})

test('what cannot be read is said, and the rest is checked', () => {
  writeFileSync(join(scratch, 'some'), `${PATHS[0]}\n${join(scratch, 'nowhere')}\n\n${PATHS[1]}\n`)
  const [some, none, twice] = inProcess([
    { args: ['check', '--summary', '--json', '--files-from', join(scratch, 'some')] },
    { args: ['check', '--summary', '--files-from', join(scratch, 'nowhere')] },
    { args: ['check', '--files-from', '-', '-'], input: '' },
  ])
  expect([JSON.parse(some!.stdout).checked, some!.exit]).toEqual([2, 2])
  expect(some!.stderr).toMatch(/nowhere: no such file/)
  expect([none!.stderr, none!.exit]).toEqual([expect.stringMatching(/nowhere: no such file/), 2])
  expect(twice!.stderr).toContain('standard input can be read only once')
})

test('a tally is as large as there are kinds, however many rings come', () => {
  const tally = new Tally()
  const decoded = decodeCapture(captureOf(new Uint8Array(readFileSync(join(dumps, '64k-split-pair/ring.bin')))))
  const findings = check(decoded)
  expect(tally.add(decoded, findings)).toBe(true)
  for (let n = 0; n < 1000; n++) expect(tally.add(decoded, findings)).toBe(false)
  expect([tally.kinds.length, tally.kinds[0]!.rings]).toEqual([1, 1001])
  expect(tally.rules.find(({ rule }) => rule.id === 'split-gap')).toMatchObject({ findings: 6 * 1001, rings: 1001 })
})
