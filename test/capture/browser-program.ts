// Everything that needs no file, from bytes and texts: bundled for a browser by browser.test.ts, and run where there is no Node.

import { captureBeside, captureOfRing, onlyRing } from '../../src/capture/index.ts'
import { checkedRingJson } from '../../src/commands/check/json.ts'
import { diffJson } from '../../src/commands/diff/json.ts'
import { deviceJson } from '../../src/commands/doctor/json.ts'
import { findJson } from '../../src/commands/find/json.ts'
import { verdictsOn } from '../../src/commands/find/verdicts.ts'
import { inspectJson } from '../../src/commands/inspect/json.ts'
import { vbdJson } from '../../src/commands/vbds/text.ts'
import { readTextRings } from '../../src/hexdump/index.ts'
import { findRings, namedRings, parseGrantTable } from '../../src/image/index.ts'
import { type Capture, check, decodeCapture, diagnose, diff, parseXenstore } from '../../src/index.ts'
import { ringJson } from '../../src/rows/index.ts'
import { listVbds } from '../../src/xenstore/index.ts'

/** A dump: its ring and pages in hex, and the text of XenStore. */
export interface DumpInput {
  readonly source: string
  readonly ring: string
  readonly xenstore: string
  readonly pages: readonly (readonly [gref: number, hex: string])[]
}

export interface ImageInput {
  readonly source: string
  readonly image: string
  readonly grantTable: { readonly source: string; readonly hex: string }
  readonly xenstore: string
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
}

function capture({ source, ring, xenstore, pages }: DumpInput): Capture {
  const indirectPages = new Map(pages.map(([gref, page]) => [gref, bytesOf(page)]))
  const devices = parseXenstore(xenstore)
  return captureBeside(
    onlyRing(bytesOf(ring), source, undefined),
    { devices, indirectPages },
    { source, snapshot: 0, number: undefined },
  )
}

const side = ({ capture, protocol, ring }: ReturnType<typeof decodeCapture>) => ({
  source: capture.source,
  protocol: protocol.protocol,
  pages: ring.geometry.pages,
})

const tools = {
  decode: (dump: DumpInput) => ringJson(decodeCapture(capture(dump))),

  vbds: ({ xenstore }: DumpInput) => listVbds(xenstore).map(vbdJson),

  check(dump: DumpInput) {
    const decoded = decodeCapture(capture(dump))
    return checkedRingJson(decoded, check([decoded]), undefined)
  },

  doctor: (dump: DumpInput) => deviceJson(diagnose([decodeCapture(capture(dump))])),

  diff(a: DumpInput, b: DumpInput) {
    const [one, other] = [decodeCapture(capture(a)), decodeCapture(capture(b))]
    return diffJson(side(one), side(other), diff([one], [other]))
  },

  inspect: (dump: DumpInput) =>
    JSON.parse([...inspectJson(decodeCapture(capture(dump)), { kind: 'ring' }, 'bytes')].join('')) as unknown,

  hexdump: (source: string, text: string) =>
    readTextRings(text, undefined).map((ring, snapshot) =>
      ringJson(decodeCapture(captureBeside(ring, {}, { source, snapshot, number: undefined }))),
    ),

  async find({ source, image, grantTable, xenstore }: ImageInput) {
    const bytes = bytesOf(image)
    const read = (offset: number, into: Uint8Array) => {
      const piece = bytes.subarray(offset, offset + into.length)
      into.set(piece)
      return piece.length
    }
    const { devices } = namedRings(parseXenstore(xenstore))
    const table = parseGrantTable(bytesOf(grantTable.hex))
    const found = await findRings({ size: bytes.length, read }, { grantTable: table, named: [...devices.keys()] })
    const rings = found.rings.map((_, n) => ringJson(decodeCapture(captureOfRing({ ...found, name: source, devices }, n))))
    const verdicts = verdictsOn({ ...found, name: source, devices })
    return { found: findJson(found, { source, grantTable: grantTable.source, verdicts }), rings }
  },
}

Object.assign(globalThis, { tools })
