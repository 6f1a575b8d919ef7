// No form of `inspect` has a line longer than the terminal, down to the least width that --width takes.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { locationLines } from '../../src/commands/inspect/at.ts'
import { hexdumpLines } from '../../src/commands/inspect/hexdump.ts'
import { type Form, inspectLines, ringViewOf, type Target } from '../../src/commands/inspect/text.ts'
import { treeLines } from '../../src/commands/inspect/tree.ts'
import { areasOf, grefsInFlight, locate, pageView, pictureOf, treeOf } from '../../src/inspect/index.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { pictureLines } from '../../src/print/ring-picture.ts'
import { plainStyle } from '../../src/print/style.ts'
import { MIN_WIDTH } from '../../src/terminal/terminal-style.ts'
import { eachCapture } from '../support/captures.ts'
import { anyView } from './rings.ts'

const FORMS: readonly Form[] = ['bytes', 'tree', 'picture']

function fits(lines: Iterable<string>, width: number): void {
  for (const line of lines) if (line.length > width) expect.fail(`${line.length} columns at ${width}: ${line}`)
}

eachCapture('each capture', ({ path }) => {
  const [dump] = loadDumps(path)
  // A name is printed whole, however long it is.
  const decoded = decodeCapture({ ...dump!, source: 'ring.bin' })
  const view = ringViewOf(decoded)
  const pages = grefsInFlight(view.ring).flatMap((gref) => pageView(view, gref) ?? [])
  const targets: Target[] = [{ kind: 'ring' }, ...pages.slice(0, 1).map((page) => ({ kind: 'page', page }) as const)]
  for (const width of [MIN_WIDTH, 80])
    for (const form of FORMS)
      for (const target of targets)
        fits(inspectLines(decoded, target, form, undefined, { style: plainStyle, width, squeeze: true }), width)
})

test('bytes of no sense', () => {
  fc.assert(
    fc.property(anyView, fc.integer({ min: MIN_WIDTH, max: 130 }), fc.nat(4095), (view, width, at) => {
      const options = { style: plainStyle, width, squeeze: false }
      const areas = areasOf(view.ring)
      fits(hexdumpLines(view, areas, options), width)
      fits(
        treeLines(
          view,
          areas.map((area) => ({ node: treeOf(view, area), holder: 'sring', text: '' })),
          options,
        ),
        width,
      )
      fits(pictureLines(pictureOf(view), options), width)
      fits(locationLines(view, locate(view, at), options), width)
    }),
    { numRuns: 25 },
  )
})
