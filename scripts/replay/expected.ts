// The recorded side of a comparison: bytes written out from runs, and values found at their paths.
import { VectorError, type VectorPage } from '../../src/scenario/vector.ts'

export type HexRun = readonly [offset: number, hex: string]

/** Lays runs of hex digits over existing bytes. Throws a `VectorError` for runs that are none or lie outside. */
export function applyRuns(bytes: Uint8Array, runs: readonly HexRun[]): void {
  for (const [offset, hex] of runs) {
    if (typeof hex !== 'string' || hex.length % 2 === 1 || !/^[\da-f]*$/i.test(hex))
      throw new VectorError(`a run at ${offset} is no hex`)
    if (!(offset >= 0 && offset + hex.length / 2 <= bytes.length))
      throw new VectorError(`a run of ${hex.length / 2} bytes at ${offset} lies outside of ${bytes.length} bytes`)
    for (let i = 0; i < hex.length; i += 2) bytes[offset + i / 2] = Number.parseInt(hex.slice(i, i + 2), 16)
  }
}

export function bytesOfPage(page: VectorPage, length: number): Uint8Array {
  const bytes = new Uint8Array(length).fill(page.base)
  applyRuns(bytes, page.runs)
  return bytes
}

/** Offset of the first byte that differs, or undefined. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number | undefined {
  const end = Math.max(a.length, b.length)
  for (let i = 0; i < end; i++) if (a[i] !== b[i]) return i
  return undefined
}

export interface ValueMismatch {
  readonly path: string
  readonly expected: string
  readonly actual: string
}

/** The first place where two plain values differ; a field that is absent equals one that is undefined. */
export function differenceOf(expected: unknown, actual: unknown, path = ''): ValueMismatch | undefined {
  if (Object.is(expected, actual)) return undefined
  if (!isPlain(expected) || !isPlain(actual)) return { path, expected: shown(expected), actual: shown(actual) }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const length = Math.max(expected.length, actual.length)
    for (let i = 0; i < length; i++) {
      const difference = differenceOf(expected[i], actual[i], `${path}[${i}]`)
      if (difference) return difference
    }
    return undefined
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const difference = differenceOf(expected[key], actual[key], path ? `${path}.${key}` : key)
    if (difference) return difference
  }
  return undefined
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}
