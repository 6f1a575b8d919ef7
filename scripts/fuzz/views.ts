// All that is made of rings: each of the library's views of them, by chance one or two for each input.

import type { Capture } from '../../src/capture/capture.ts'
import { type DecodedCapture, decodeCapture } from '../../src/capture/decode-capture.ts'
import { BACKENDS, backendVerdicts, createChecker } from '../../src/check/index.ts'
import { ABIS } from '../../src/codec/struct/abi.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST } from '../../src/codec/xen/blkif.ts'
import { findingsText } from '../../src/commands/check/text.ts'
import { ringText } from '../../src/commands/decode/text.ts'
import { diffText } from '../../src/commands/diff/text.ts'
import { transitionText } from '../../src/commands/diff/transition-text.ts'
import { doctorText } from '../../src/commands/doctor/text.ts'
import { inspectJson } from '../../src/commands/inspect/json.ts'
import { inspectLines, ringViewOf } from '../../src/commands/inspect/text.ts'
import { diffDevices, LEVELS, MATCH_BY, transitionOf } from '../../src/diff/index.ts'
import { Devices, diagnoseHistory } from '../../src/doctor/index.ts'
import { plainStyle } from '../../src/print/style.ts'
import { ringJson } from '../../src/rows/ring-json.ts'
import type { Random } from '../../src/scenario/file/index.ts'
import { maxRequestSegments } from '../../src/xenstore/segments.ts'
import { ringMismatch } from '../../test/support/against-plain.ts'
import { pick } from './mutate.ts'

const WIDTH = 80
const TEXT = { style: plainStyle, width: WIDTH }
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/

/** Nothing that is printed may steer a terminal. */
export function expectPrintable(text: string): void {
  const found = CONTROL.exec(text)
  if (found)
    throw new Error(`prints a control character ${JSON.stringify(text.slice(Math.max(0, found.index - 20), found.index + 20))}`)
}

const ROW = /^\D{0,12}\d+ +\d+ +(?:request|response)\b/

/** Every request and response has its line. */
function expectComplete({ slots }: DecodedCapture['ring'], text: string): void {
  const rows = text.split('\n').filter((line) => ROW.test(line)).length
  const used = slots.filter(({ state }) => state === 'request' || state === 'response').length
  if (used > 0 && rows !== used) throw new Error('lines of slots are missing in the text')
}

/** Values are those that the plain decoder reads, which knows no requests over several slots. */
function expectAsPlain(decoded: DecodedCapture): void {
  const { capture, ring } = decoded
  if (capture.xenstore && maxRequestSegments(capture.xenstore) > BLKIF_MAX_SEGMENTS_PER_REQUEST) return
  const layout = ring.geometry.abi.u64Align === 8 ? 'x86_64' : 'x86_32'
  const options = { pages: capture.indirectPages, missing: capture.missing }
  const found = ringMismatch(JSON.parse(JSON.stringify(ringJson(decoded))), capture.bytes, layout, options)
  if (found !== undefined) throw new Error(`read otherwise by the plain decoder: ${found}`)
}

type View = (decoded: readonly DecodedCapture[], random: Random) => void

const VIEWS: readonly View[] = [
  (decoded) => {
    for (const one of decoded) {
      expectAsPlain(one)
      expectComplete(one.ring, ringText(one, { style: plainStyle, filter: 'all', segments: false }))
    }
  },
  (decoded) => {
    for (const dump of decoded) {
      expectPrintable(ringText(dump, { style: plainStyle, filter: 'all', segments: true }))
      JSON.parse(JSON.stringify(ringJson(dump)))
    }
  },
  (decoded) => {
    const checker = createChecker()
    for (const dump of decoded) {
      expectPrintable(findingsText(dump, checker.ring(dump), { style: plainStyle, width: 80 }))
      for (const backend of BACKENDS) backendVerdicts(dump, backend)
    }
    for (const { message } of checker.end()) expectPrintable(message)
  },
  (decoded) => {
    const devices = new Devices()
    for (const { capture, ring } of decoded) {
      const { source, queue, bytes, indirectPages, xenstore } = capture
      const shown = { ring, bytes, indirectPages }
      devices.add({ source, queue, sring: ring.sring, nr_ents: ring.geometry.nr_ents, shown, known: {}, xenstore })
    }
    for (const { queues } of devices.finish())
      expectPrintable(
        doctorText(
          'ring',
          queues.map((history) => diagnoseHistory(history, undefined)),
          TEXT,
        ),
      )
  },
  (decoded, random) => {
    const [a, b = a] = decoded.map(({ capture, ring }) => ({
      ring,
      bytes: capture.bytes,
      indirectPages: capture.indirectPages,
      queue: undefined,
    }))
    if (!a || !b) return
    const name = { source: 'ring', about: '1 page' }
    const options = {
      level: pick(random, LEVELS),
      by: pick(random, MATCH_BY),
      strict: random.below(2) === 0,
      ignore: new Set<never>(),
    }
    expectPrintable([...diffText(name, name, diffDevices([a], [b], options), TEXT)].join(''))
    expectPrintable(transitionText('before', 'after', transitionOf(a, b), plainStyle, WIDTH))
  },
  (decoded, random) => {
    const dump = pick(random, decoded)
    const slot = random.below(dump.ring.geometry.nr_ents)
    const target = random.below(2) === 0 ? ({ kind: 'ring' } as const) : ({ kind: 'slot', slot, index: undefined } as const)
    const form = pick(random, ['bytes', 'picture', 'tree'] as const)
    expectPrintable([...inspectLines(dump, target, form, undefined, { ...TEXT, squeeze: true })].join('\n'))
    JSON.parse([...inspectJson(dump, target, form)].join(''))
    ringViewOf(dump)
  },
]

/** Decodes the rings and looks at them in one or two ways. */
export function lookAt(dumps: readonly Capture[], random: Random): void {
  const abi = random.below(2) === 0 ? undefined : pick(random, ABIS)
  const decoded = dumps.map((dump) => decodeCapture(dump, abi))
  if (decoded.length === 0) return
  for (let n = random.below(2); n >= 0; n--) pick(random, VIEWS)(decoded, random)
}
