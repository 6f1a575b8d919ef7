// What stands in data pages. The ring does not show it, except where indirect pages come from the same pool as data pages.

/** What stands in data pages. The ring does not show it, except where indirect pages come from the same pool as data pages. */
export interface DataPattern {
  /** Fills the target with what a write finds in a Linux page, from a byte offset in that page on. */
  write(page: number, offset: number, target: Uint8Array): void
  /** Fills the target with what the backend reads for a segment of a request, from a byte offset in its 4 KiB page on. */
  read(id: number, segment: number, offset: number, target: Uint8Array): void
}

const SECTOR = 512

/** A whole sector that counts up from each byte. */
const RAMPS = Array.from({ length: 256 }, (_, first) => Uint8Array.from({ length: SECTOR }, (_, i) => first + i))

/** The pattern of the golden vectors: every sector counts up from a byte that depends on where it lies. */
export const VECTOR_DATA: DataPattern = {
  write(page, offset, target) {
    const base = (page % 256) * 131
    for (let at = 0; at < target.length; ) {
      const sector = Math.floor((offset + at) / SECTOR)
      const within = (offset + at) % SECTOR
      at = ramp(target, at, SECTOR - within, base + sector * 17 + within)
    }
  },
  read(id, segment, offset, target) {
    const base = (id % 256) * 29 + segment * 7 + 0x55
    for (let at = 0; at < target.length; ) {
      const sector = Math.floor((offset + at) / SECTOR)
      at = ramp(target, at, SECTOR - ((offset + at) % SECTOR), base + sector * 3 + offset + at)
    }
  },
}

function ramp(target: Uint8Array, at: number, length: number, first: number): number {
  const sector = RAMPS[first & 255]!
  const left = target.length - at
  target.set(length === SECTOR && left >= SECTOR ? sector : sector.subarray(0, Math.min(length, left)), at)
  return at + Math.min(length, left)
}
