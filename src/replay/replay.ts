// Runs a golden vector's inputs through the emulator and compares everything that the real driver was recorded doing.
import { Emulator, type IndirectPage, type StepOutcome } from '../blkfront/index.ts'
import { indirectByteName, ringByteName } from './byte-names.ts'
import { applyRuns, bytesOfPage, differenceOf, firstDifference } from './expected.ts'
import { expectedOutputsOf, outputsOf } from './outputs.ts'
import { scenarioOf, type Vector, type VectorEvent } from './vector.ts'

/** The first thing in a vector that the emulator did differently. */
export interface Mismatch {
  readonly scenario: string
  /** Position of the event in the vector, from 0 (`init`). */
  readonly event: number
  readonly type: string
  /** The field: of a ring byte or an indirect page's, as the codec names it; otherwise as the vector names it. */
  readonly path: string
  /** Byte offset in the shared ring or in the indirect page. */
  readonly offset?: number
  readonly expected: string
  readonly actual: string
}

export interface ReplayOptions {
  /** SHA-256 of bytes in lower-case hex. Without it the recorded hashes are not compared; the bytes are. */
  readonly sha256?: (bytes: Uint8Array) => string
}

/** @returns the first mismatch, or undefined where the emulator did all that is recorded */
export function replay(vector: Vector, options: ReplayOptions = {}): Mismatch | undefined {
  const scenario = scenarioOf(vector)
  const emulator = new Emulator(scenario.config, { contents: 'all' })
  const { ring } = emulator.frontend
  const expectedRing = new Uint8Array(ring.bytes.length)
  for (const [n, event] of vector.events.entries()) {
    const outcome = n === 0 ? emulator.connected : emulator.step(scenario.steps[n - 1]!)
    const at = { scenario: vector.name, event: n, type: event.type }
    const actual = outputsOf(outcome, emulator)
    const difference = differenceOf(expectedOutputsOf(event, actual), actual)
    if (difference) return { ...at, ...difference }
    if (event.ringFull !== undefined && event.ringFull.length !== 2 * ring.bytes.length)
      return { ...at, path: 'ringFull', expected: `${event.ringFull.length / 2} bytes`, actual: `${ring.bytes.length} bytes` }
    applyRuns(expectedRing, event.ringFull ? [[0, event.ringFull]] : (event.ring ?? []))
    const offset = firstDifference(expectedRing, ring.bytes)
    if (offset !== undefined)
      return { ...at, path: ringByteName(ring, expectedRing, offset), offset, ...bytesAt(expectedRing, ring.bytes, offset) }
    const page = 'indirect' in outcome ? pageMismatch(event, outcome) : undefined
    if (page) return { ...at, ...page }
    const hash = event.ringSha256 && options.sha256 ? options.sha256(ring.bytes) : event.ringSha256
    if (hash !== event.ringSha256) return { ...at, path: 'ringSha256', expected: String(event.ringSha256), actual: String(hash) }
  }
  const final = options.sha256?.(ring.bytes) ?? vector.finalRingSha256
  if (final === vector.finalRingSha256) return undefined
  const last = vector.events.length - 1
  const { type } = vector.events[last]!
  return { scenario: vector.name, event: last, type, path: 'finalRingSha256', expected: vector.finalRingSha256, actual: final }
}

/** One line that says where the emulator went astray. */
export function describeMismatch(mismatch: Mismatch): string {
  const { scenario, event, type, path, offset, expected, actual } = mismatch
  const where = offset === undefined ? path : `${path} at 0x${offset.toString(16)}`
  return `${scenario}: event ${event} (${type}): ${where}: expected ${expected}, got ${actual}`
}

type BytesMismatch = Pick<Mismatch, 'path' | 'expected' | 'actual'> & { offset?: number }

function pageMismatch(event: VectorEvent, outcome: Extract<StepOutcome, { indirect: unknown }>): BytesMismatch | undefined {
  const recorded = event.indirect ?? {}
  const pages = new Map<string, IndirectPage>(outcome.indirect.map((page) => [String(page.gref), page]))
  const grefs = Object.keys(recorded)
  if (grefs.length !== pages.size || grefs.some((gref) => !pages.has(gref)))
    return { path: 'indirect', expected: grefs.join(' ') || 'nothing', actual: [...pages.keys()].join(' ') || 'nothing' }
  for (const [gref, page] of pages) {
    const { gfn, page: expectedPage } = recorded[gref]!
    if (gfn !== page.gfn) return { path: `indirect.${gref}.gfn`, expected: String(gfn), actual: String(page.gfn) }
    const expected = bytesOfPage(expectedPage, page.bytes.length)
    const offset = firstDifference(expected, page.bytes)
    if (offset !== undefined)
      return { path: `indirect page ${gref} ${indirectByteName(offset)}`, offset, ...bytesAt(expected, page.bytes, offset) }
  }
  return undefined
}

function bytesAt(expected: Uint8Array, actual: Uint8Array, offset: number): { expected: string; actual: string } {
  return { expected: hexByte(expected[offset]), actual: hexByte(actual[offset]) }
}

function hexByte(byte: number | undefined): string {
  return byte === undefined ? 'nothing' : byte.toString(16).padStart(2, '0')
}
