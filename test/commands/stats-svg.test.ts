// The picture is XML whatever the names and figures are, keeps within its frame, and is the same again.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Batch } from '../../src/codec/batch/batch.ts'
import { batchJudge } from '../../src/codec/batch/judge-batch.ts'
import { readBatch } from '../../src/codec/batch/read-batch.ts'
import { ringGeometry } from '../../src/codec/ring/geometry.ts'
import { x86_64 } from '../../src/codec/struct/abi.ts'
import { statsSvg } from '../../src/commands/stats/svg.ts'
import { type Report, reportOf, Statistics } from '../../src/stats/index.ts'
import { rings } from '../support/rings.ts'

function reportFrom(list: readonly Uint8Array[], source: string): Report {
  const stats = new Statistics()
  const batch = new Batch(ringGeometry(x86_64, 1), 1)
  const judge = batchJudge(batch)
  const track = stats.track({ source, queue: undefined }, batch.geometry)
  track.protocols.add('x86_64-abi')
  for (const [place, bytes] of list.entries()) {
    readBatch(batch, bytes)
    judge()
    stats.add(track, batch, 0, place)
  }
  track.end()
  return reportOf(stats)
}

const TOKEN = /<(\/?)([a-z]+)((?: [a-zA-Z-]+="[^"<]*")*)(\/?)>|([^<]+)/gy
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udfff]/u

/** Every element is closed, every & begins an entity, and no character is there that XML does not allow. */
function checkXml(text: string): string[] {
  expect(text).not.toMatch(FORBIDDEN)
  expect(text).not.toMatch(/&(?!(?:amp|lt|gt|quot);)/)
  const open: string[] = []
  const names: string[] = []
  let at = 0
  for (const match of text.trimEnd().matchAll(TOKEN)) {
    expect(match.index).toBe(at)
    at += match[0].length
    const [, closes, name, , empty] = match
    if (name === undefined) continue
    if (closes) expect(open.pop()).toBe(name)
    else {
      names.push(name)
      if (!empty) open.push(name)
    }
  }
  expect(at).toBe(text.trimEnd().length)
  expect(open).toEqual([])
  return names
}

const source = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('a&b', '<script>', '"', '\u0000\u001b[31m', '\ud800', '\uffff'),
)

test('whatever rings and names are', () => {
  fc.assert(
    fc.property(fc.array(rings(1), { maxLength: 12 }), source, (list, name) => {
      const report = reportFrom(list, name)
      const svg = statsSvg(report, { findings: 3, where: `op == write && id > ${list.length}` })
      expect(checkXml(svg)).toContain('title')
      expect(svg).not.toMatch(/NaN|Infinity|undefined|="-/)
      expect(statsSvg(report, { findings: 3, where: `op == write && id > ${list.length}` })).toBe(svg)
    }),
    { numRuns: 80 },
  )
})

test('a name is shown, and is no element', () => {
  const svg = statsSvg(reportFrom([], '<b>&"'), { findings: 0, where: undefined })
  expect(svg).toContain('Xen block rings: &lt;b&gt;&amp;&quot;')
})

test('slots that are in no figure are spoken of', () => {
  const report = reportFrom([], 'x')
  const svg = (slots: Partial<Report['slots']>) =>
    statsSvg({ ...report, slots: { ...report.slots, ...slots } }, { findings: 0, where: undefined })
  expect(svg({ unknown: 6, cleared: 1 })).toContain('; 6 slots not in the input, and in no figure; 1 slot cleared<')
  expect(svg({})).not.toMatch(/not in the input|cleared/)
})
