// Rings that are made of others: what is said to be changed was changed, and the checker agrees with the aim.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { captureOf } from '../../src/capture/index.ts'
import { check } from '../../src/check/index.ts'
import { x86_64 } from '../../src/codec/struct/index.ts'
import { AimedMutator } from '../../src/mutate/aimed.ts'
import { dictionary } from '../../src/mutate/dictionary.ts'
import { provenance } from '../../src/mutate/draft.ts'
import { chanceOf, Mutator } from '../../src/mutate/mutator.ts'
import { OPERATORS } from '../../src/mutate/operators.ts'
import { type MutableRing, mutableRing } from '../../src/mutate/source.ts'
import { loadDumps } from '../../src/node/index.ts'

const dumps = join(import.meta.dirname, '../../dumps')

function sourceOf(name: string, withPages = true): MutableRing {
  const [capture] = [...loadDumps(join(dumps, name))]
  return mutableRing(decodeCapture(capture!), withPages)
}

const direct = sourceOf('direct')

/** Offsets of struct blkif_request under x86_64, as a C compiler has them. */
const AT = { operation: 0, nr_segments: 1, handle: 2, id: 8, sector_number: 16 } as const

test('a line says what was changed: the bytes at the field are those of the value, and no others differ', () => {
  const mutator = new Mutator(
    direct,
    OPERATORS.filter(({ name }) => ['limit', 'near', 'count'].includes(name)),
  )
  let seen = 0
  for (let n = 0; n < 3000; n++) {
    const mutant = mutator.next(chanceOf(3, n))!
    const [change, ...others] = mutant.changes
    const field = /^ring\[(\d+)\]\.req\.(operation|nr_segments|handle|id|sector_number)$/.exec(change!.path)
    if (!field || others.length > 0) continue
    seen++
    const name = field[2] as keyof typeof AT
    const at = 64 + 112 * Number(field[1]) + AT[name]
    const view = new DataView(mutant.bytes.buffer)
    const value = { operation: view.getUint8(at), nr_segments: view.getUint8(at), handle: view.getUint16(at, true) }
    expect(change!.to).toBe(String(name === 'id' || name === 'sector_number' ? view.getBigUint64(at, true) : value[name]))
    const differing = [...mutant.bytes.keys()].filter((i) => mutant.bytes[i] !== direct.capture.bytes[i])
    expect(differing.every((i) => i >= at && i < at + 8)).toBe(true)
  }
  expect(seen).toBeGreaterThan(200)
})

test('every row changes some ring, and what it makes is decoded', () => {
  const sources = ['direct', 'indirect', 'x86_32', 'virgin-x86_64-4-pages', 'discard'].map((name) => sourceOf(name))
  for (const operator of OPERATORS) {
    let made = 0
    for (const source of sources) {
      const mutator = new Mutator(source, [operator])
      for (let n = 0; n < 8; n++) {
        const mutant = mutator.next(chanceOf(1, n))
        if (!mutant) continue
        expect(provenance(mutant)).toMatch(/ -> /)
        decodeCapture(captureOf(mutant.bytes, { indirectPages: { get: (gref) => mutant.pages.get(gref) } }))
        const differs = mutant.bytes.some((byte, i) => byte !== source.capture.bytes[i])
        if (differs || mutant.pages.size > 0) made++
      }
    }
    expect(made, operator.name).toBeGreaterThan(0)
  }
})

test('a page that was cut, or taken away, stays so whatever else is changed', () => {
  const source = sourceOf('small-sectors')
  const rows = OPERATORS.filter(({ name }) => ['page-short', 'page-missing', 'near', 'limit', 'segments-filled'].includes(name))
  const mutator = new Mutator(source, rows)
  let seen = 0
  for (let n = 0; n < 2000; n++) {
    const { changes, pages } = mutator.next(chanceOf(4, n))!
    if (changes.length < 2) continue
    for (const { to } of changes) {
      const cut = /^its first (\d+) bytes$/.exec(to)
      if (!cut) continue
      seen++
      expect([...pages.values()].map((page) => page?.length)).toContain(Number(cut[1]))
    }
  }
  expect(seen).toBeGreaterThan(20)
})

test('the n-th ring of a seed is the same, whatever was made before', () => {
  const line = (n: number, mutator = new Mutator(direct)) => provenance(mutator.next(chanceOf(9, n))!)
  const mutator = new Mutator(direct)
  const lines = Array.from({ length: 20 }, (_, n) => line(n, mutator))
  expect(lines).toEqual(lines.map((_, n) => line(n)))
  expect(new Set(lines).size).toBeGreaterThan(15)
})

test('legal rings break no rule, and differ', () => {
  const aimed = new AimedMutator(direct, 'valid', false)
  for (let n = 0; n < 10; n++) {
    const { bytes } = aimed.next(1, n)!
    expect(check(decodeCapture(captureOf(bytes))).filter(({ rule }) => rule.severity !== 'note')).toEqual([])
    expect(bytes.some((byte, i) => byte !== direct.capture.bytes[i])).toBe(true)
  }
})

test('a dictionary has a line a token, as AFL++ and libFuzzer read them', () => {
  const lines = dictionary(x86_64, [direct]).trimEnd().split('\n')
  expect(lines.filter((line) => !/^\w+="(?:\\x[\da-f]{2}){1,128}"$/.test(line))).toEqual([])
  const values = lines.map((line) => line.slice(line.indexOf('=')))
  expect(new Set(values).size).toBe(values.length)
  expect(lines).toContain('nr_segments_12="\\x0c"')
  expect(lines).toContain('id_12="\\x0c\\x00\\x00\\x00\\x00\\x00\\x00\\x00"')
})
