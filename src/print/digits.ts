// Numbers as text, digit by digit into bytes: nothing passes through a string. Each function returns where it stopped.

const ZERO = 0x30
const GIGA = 1e9
const TWO_32 = 2 ** 32
/** A u64 whose upper half is below this is exact as a double. */
const EXACT_HIGH = 2 ** 21

const QUAD = 1e4
/** The four digits of each number below 10^4, the first in the lowest byte. */
const QUADS = new Uint32Array(QUAD)
const PAIRS = Uint16Array.from({ length: 100 }, (_, n) => (ZERO + Math.floor(n / 10)) | ((ZERO + (n % 10)) << 8))
for (let upper = 0, n = 0; upper < PAIRS.length; upper++)
  for (let lower = 0; lower < PAIRS.length; lower++, n++) QUADS[n] = PAIRS[upper]! | (PAIRS[lower]! << 16)

/** The two hexadecimal digits of each byte, the first in the lower one. */
const HEX_PAIRS = Uint16Array.from({ length: 256 }, (_, n) => hexDigit(n >> 4) | (hexDigit(n & 0xf) << 8))

/** A whole number below 10^4; up to 3 bytes behind it are written over. */
function putFew(view: DataView, at: number, n: number): number {
  const length = n < 10 ? 1 : n < 100 ? 2 : n < 1000 ? 3 : 4
  view.setUint32(at, QUADS[n]! >>> (32 - 8 * length), true)
  return at + length
}

/** A whole number from 0 to 2^32 - 1. */
export function putU32(view: DataView, at: number, n: number): number {
  if (n < QUAD) return putFew(view, at, n)
  const upper = (n / QUAD) >>> 0
  const last = n - QUAD * upper
  let end: number
  if (upper < QUAD) end = putFew(view, at, upper)
  else {
    const top = (upper / QUAD) >>> 0
    end = putFew(view, at, top)
    view.setUint32(end, QUADS[upper - QUAD * top]!, true)
    end += 4
  }
  view.setUint32(end, QUADS[last]!, true)
  return end + 4
}

/** high * 2^32 + low, in decimal. */
export function putU64(view: DataView, at: number, low: number, high: number): number {
  if (high === 0) return putU32(view, at, low)
  return high < EXACT_HIGH ? putUpTo18(view, at, high * TWO_32 + low) : putLarge(view, at, low, high)
}

/** How many digits `putU32` writes. */
export function u32DigitsOf(n: number): number {
  if (n < QUAD) return n < 10 ? 1 : n < 100 ? 2 : n < 1000 ? 3 : 4
  return n < 1e5 ? 5 : n < 1e6 ? 6 : n < 1e7 ? 7 : n < 1e8 ? 8 : n < GIGA ? 9 : 10
}

/** How many hexadecimal digits a whole number below 2^53 has. */
export function hexDigitsOf(n: number): number {
  return n < TWO_32 ? Math.max(1, (35 - Math.clz32(n)) >> 2) : 8 + hexDigitsOf(Math.floor(n / TWO_32))
}

/** A whole number from 0 to 2^53 - 1 in hexadecimal, behind 0x. */
export function putHexNumber(view: DataView, at: number, n: number): number {
  const end = at + 2 + hexDigitsOf(n)
  view.setUint16(at, 0x7830, true)
  let to = end - 2
  let rest = n
  for (; rest >= TWO_32; to -= 2, rest = Math.floor(rest / 256)) view.setUint16(to, HEX_PAIRS[rest % 256]!, true)
  for (; to >= at + 2; to -= 2, rest >>>= 8) view.setUint16(to, HEX_PAIRS[rest & 0xff]!, true)
  if (to > at) view.setUint8(at + 2, hexDigit(rest))
  return end
}

function putLarge(view: DataView, at: number, low: number, high: number): number {
  // Long division by 10^9, 16 bits at a time: every step is exact as a double.
  let rest = high % GIGA
  const q0 = Math.floor(high / GIGA)
  const upper = rest * 65536 + (low >>> 16)
  const q1 = Math.floor(upper / GIGA)
  rest = upper - q1 * GIGA
  const lower = rest * 65536 + (low & 0xffff)
  const q2 = Math.floor(lower / GIGA)
  return putNine(view, putUpTo18(view, at, q0 * TWO_32 + q1 * 65536 + q2), lower - q2 * GIGA)
}

/** A number below 10^18 that is exact as a double. */
function putUpTo18(view: DataView, at: number, n: number): number {
  const upper = Math.floor(n / GIGA)
  return upper === 0 ? putU32(view, at, n) : putNine(view, putU32(view, at, upper), n - upper * GIGA)
}

/** Nine digits, with zeros in front. */
function putNine(view: DataView, at: number, n: number): number {
  const upper = (n / QUAD) >>> 0
  const top = (upper / QUAD) >>> 0
  view.setUint8(at, ZERO + top)
  view.setUint32(at + 1, QUADS[upper - QUAD * top]!, true)
  view.setUint32(at + 5, QUADS[n - QUAD * upper]!, true)
  return at + 9
}

/** Bytes in hexadecimal, of little-endian words. */
export function putHex(bytes: Uint8Array, at: number, words: Uint32Array): number {
  let to = at
  for (const word of words)
    for (let shift = 0; shift < 32; shift += 8) {
      const byte = word >>> shift
      bytes[to++] = hexDigit((byte >>> 4) & 0xf)
      bytes[to++] = hexDigit(byte & 0xf)
    }
  return to
}

function hexDigit(n: number): number {
  return n < 10 ? ZERO + n : 0x61 - 10 + n
}
