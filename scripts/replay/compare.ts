// Runs a golden vector's inputs through the emulator and compares everything that the real driver was recorded doing.
import { Emulator, type IndirectPage, type StepOutcome } from '../../src/blkfront/index.ts'
import { scenarioOf, type Vector, type VectorEvent } from '../../src/scenario/vector.ts'
import { indirectByteName, ringByteName } from './byte-names.ts'
import { applyRuns, bytesOfPage, differenceOf, firstDifference } from './expected.ts'
import { expectedOutputsOf, outputsOf } from './outputs.ts'

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
  const { frontend } = emulator
  let expectedRings = frontend.rings.map(({ bytes }) => new Uint8Array(bytes.length))
  const limits = differenceOf(vector.config.limits, emulator.connected.limits, 'config.limits')
  if (vector.config.limits && limits) return { scenario: vector.name, event: 0, type: 'init', ...limits }
  for (const [n, event] of vector.events.entries()) {
    const outcome = n === 0 ? emulator.connected : emulator.step(scenario.steps[n - 1]!)
    const at = { scenario: vector.name, event: n, type: event.type }
    const actual = outputsOf(outcome, emulator)
    const difference = differenceOf(expectedOutputsOf(event, actual), actual)
    if (difference) return { ...at, ...difference }
    // A device that is dead keeps pages that nobody looks at any more.
    if (outcome.type === 'resume' && (outcome.rc !== 0 || outcome.fatal)) return undefined
    if (event.ringFull !== undefined) {
      const full = listOf(event.ringFull)
      const odd = frontend.rings.findIndex((ring, i) => full[i]?.length !== 2 * ring.bytes.length)
      if (odd >= 0 || full.length !== frontend.rings.length)
        return {
          ...at,
          path: 'ringFull',
          expected: full.map((hex) => `${hex.length / 2} bytes`).join(', '),
          actual: frontend.rings.map(({ bytes }) => `${bytes.length} bytes`).join(', '),
        }
      expectedRings = frontend.rings.map(({ bytes }) => new Uint8Array(bytes.length))
      for (const [i, hex] of full.entries()) applyRuns(expectedRings[i]!, [[0, hex]])
    }
    applyRuns(expectedRings[event.queue ?? 0]!, event.ring ?? [])
    for (const [i, ring] of frontend.rings.entries()) {
      const expectedRing = expectedRings[i]!
      const offset = firstDifference(expectedRing, ring.bytes)
      if (offset !== undefined)
        return { ...at, path: ringByteName(ring, expectedRing, offset), offset, ...bytesAt(expectedRing, ring.bytes, offset) }
    }
    const page = 'indirect' in outcome ? pageMismatch(event, outcome) : undefined
    if (page) return { ...at, ...page }
    const hash = hashMismatch(event.ringSha256, hashesOf(emulator, event, options))
    if (hash) return { ...at, path: 'ringSha256', ...hash }
  }
  const last = vector.events.length - 1
  const event = vector.events[last]!
  const final = hashMismatch(vector.finalRingSha256, options.sha256 && frontend.rings.map(({ bytes }) => options.sha256!(bytes)))
  return final && { scenario: vector.name, event: last, type: event.type, path: 'finalRingSha256', ...final }
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T]
}

/** Of the rings that an event tells of: its queue's, or all. */
function hashesOf({ frontend }: Emulator, event: VectorEvent, { sha256 }: ReplayOptions): string[] | undefined {
  if (!sha256 || event.ringSha256 === undefined) return undefined
  const { rings } = frontend
  return (Array.isArray(event.ringSha256) ? rings : [rings[event.queue ?? 0]!]).map(({ bytes }) => sha256(bytes))
}

function hashMismatch(
  expected: string | readonly string[] | undefined,
  actual: readonly string[] | undefined,
): { expected: string; actual: string } | undefined {
  if (expected === undefined || actual === undefined || listOf(expected).join() === actual.join()) return undefined
  return { expected: listOf(expected).join(' '), actual: actual.join(' ') }
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
