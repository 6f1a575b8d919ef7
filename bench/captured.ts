// Captured rings of one page, laid end to end: those of dumps/, or of the collection that BLKRING_SHARED names.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { XEN_PAGE_SIZE } from '../src/codec/xen/ring.ts'
import { Random } from '../src/scenario/file/random.ts'

const RING = /^ring(-\d+)?\.bin(\.gz)?$/
/** Made, not captured. */
const MADE = new Set(['hostile', 'made'])

function* ringsIn(folder: string): Generator<Uint8Array> {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (!MADE.has(entry.name)) yield* ringsIn(path)
    } else if (RING.test(entry.name)) {
      const bytes = readFileSync(path)
      const ring = path.endsWith('.gz') ? gunzipSync(bytes) : bytes
      if (ring.length === XEN_PAGE_SIZE) yield ring
    }
  }
}

/**
 * Calls `take` with one ring after another, all captures again and again.
 * @param rings how many
 * @param folder below which all captures are
 * @param most bytes of each that are changed at the most, as chance will have it
 */
export function layEndToEnd(rings: number, folder: string, most: number, take: (ring: Uint8Array) => void): void {
  const random = new Random(1)
  const captures = [...ringsIn(folder)]
  for (let n = 0; n < rings; n++) {
    const ring = Uint8Array.from(captures[n % captures.length]!)
    for (let changes = random.below(most + 1); changes > 0; changes--) ring[random.below(ring.length)] = random.below(256)
    take(ring)
  }
}
