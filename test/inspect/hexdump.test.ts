// The hexdump is the file: every byte once, in order, and nothing drawn together that differs.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hexdumpLines, plainLines } from '../../src/commands/inspect/hexdump.ts'
import { areasOf, grefsInFlight, pageView, type RingView, rowsOf } from '../../src/inspect/index.ts'
import { plainStyle } from '../../src/print/style.ts'
import { captures, eachCapture } from '../support/captures.ts'
import { anyView, viewsOf } from './rings.ts'

const options = (width: number, squeeze: boolean) => ({ style: plainStyle, width, squeeze })

const ROW = /^([ ~.:]) ([\da-f]{4,}) {2}(.{23})(?: {2}|$)/

interface Read {
  readonly kind: string
  readonly offset: number
  readonly bytes: readonly number[]
  readonly text: string
}

/** The rows of a hexdump, read back from its text. */
function readRows(lines: readonly string[]): Read[] {
  return lines.flatMap((line) => {
    const match = ROW.exec(line)
    if (!match) return []
    const [, kind, offset, hex] = match as unknown as [string, string, string, string]
    return [
      {
        kind,
        offset: Number.parseInt(offset, 16),
        bytes: hex
          .split(/[ |]/)
          .filter(Boolean)
          .map((b) => Number.parseInt(b, 16)),
        text: line.slice(33),
      },
    ]
  })
}

function isWhole(lines: readonly string[], bytes: Uint8Array): void {
  const rows = readRows(lines)
  let at = 0
  for (const { offset, bytes: here } of rows) {
    if (offset !== at) expect.fail(`a row begins at ${offset}, the one before ended at ${at}`)
    at += here.length
  }
  expect(Buffer.from(rows.flatMap((row) => row.bytes)).equals(bytes)).toBe(true)
}

/** A row that was left out repeats the last that was not, byte for byte, and is no field in use. */
function leavesOutRepeats(view: RingView, width: number): void {
  const areas = areasOf(view.ring)
  const all = readRows(hexdumpLines(view, areas, options(width, false)))
  const kept = readRows(hexdumpLines(view, areas, options(width, true)))
  let k = 0
  for (const row of all) {
    if (kept[k]?.offset === row.offset) {
      if (kept[k]!.text !== row.text) expect.fail(`the row at ${row.offset} differs`)
      k++
    } else {
      const last = kept[k - 1]!
      if (row.kind === ' ' || row.kind !== last.kind || row.bytes.join() !== last.bytes.join())
        expect.fail(`the row at ${row.offset} is left out, and repeats nothing`)
    }
  }
  expect(k).toBe(kept.length)
}

test('there are captures', () => expect(captures.length).toBeGreaterThan(25))

eachCapture('each capture', ({ path }) => {
  for (const view of viewsOf(path)) {
    isWhole(hexdumpLines(view, areasOf(view.ring), options(80, false)), view.bytes)
    leavesOutRepeats(view, 80)
    for (const gref of grefsInFlight(view.ring)) {
      const page = pageView(view, gref)
      if (page) isWhole(plainLines(rowsOf(page.spots), page.bytes, 'request', options(80, false)), page.bytes)
    }
  }
})

test('bytes of no sense, under every ABI, at any width', () => {
  fc.assert(
    fc.property(anyView, fc.integer({ min: 20, max: 200 }), (view, width) => {
      isWhole(hexdumpLines(view, areasOf(view.ring), options(width, false)), view.bytes)
      leavesOutRepeats(view, width)
      const page = pageView(view, 1)!
      isWhole(plainLines(rowsOf(page.spots), page.bytes, 'request', options(width, false)), page.bytes)
    }),
    { numRuns: 25 },
  )
})

test('no line is longer than an ordinary terminal, but for a word that is', () => {
  for (const path of ['dumps/direct', 'dumps/out-of-order', 'dumps/x86_32'])
    for (const view of viewsOf(path))
      for (const line of hexdumpLines(view, areasOf(view.ring), options(80, true)))
        expect(line.length, line).toBeLessThanOrEqual(80)
})
