// LZO1X, as makedumpfile -l and dump-guest-memory -l pack pages. Nobody but its code specifies the format; the kernel's
// Documentation/staging/lzo.rst describes it. Instructions copy bytes of the input, or those that were put out before.

/** No byte that an instruction wants is missing, and no copy comes from before the start. */
class Damaged extends Error {}

/** Unpacks a page; undefined where the bytes are no LZO1X of it. @param size bytes of the page */
export function unpackLzo(packed: Uint8Array, size: number): Uint8Array | undefined {
  try {
    return unpack(packed, new Uint8Array(size))
  } catch (error) {
    if (error instanceof Damaged) return undefined
    throw error
  }
}

/** Distances that an instruction counts from, by what it is. */
const NEAR = 1
const BEHIND_LITERALS = 2049
const FAR = 16_384
/** What stands for the state behind a run of literals; else it is how many literals, 0 to 3, were copied last. */
const AFTER_RUN = 4
/** A first byte from here on is a run of literals: so many less. */
const FIRST_RUN = 17

function unpack(packed: Uint8Array, page: Uint8Array): Uint8Array | undefined {
  let [at, out, state] = [0, 0, 0]
  const next = () => {
    if (at >= packed.length) throw new Damaged()
    return packed[at++]!
  }
  const literals = (count: number) => {
    if (at + count > packed.length || out + count > page.length) throw new Damaged()
    page.set(packed.subarray(at, at + count), out)
    at += count
    out += count
  }
  const copy = (distance: number, count: number) => {
    if (distance > out || out + count > page.length) throw new Damaged()
    // It may copy what it has just put out.
    for (let i = 0; i < count; i++, out++) page[out] = page[out - distance]!
  }
  /** A length of so many bits, which goes on in bytes where they are 0. */
  const length = (bits: number, mask: number) => {
    if (bits !== 0) return bits
    let sum = mask
    for (;;) {
      const byte = next()
      if (byte !== 0) return sum + byte
      sum += 255
    }
  }
  if (packed[0]! > FIRST_RUN) {
    const count = next() - FIRST_RUN
    literals(count)
    state = Math.min(count, AFTER_RUN)
  }
  for (;;) {
    const byte = next()
    if (byte < 16 && state === 0) {
      literals(3 + length(byte, 15))
      state = AFTER_RUN
      continue
    }
    let trailing = byte
    if (byte < 16) {
      const distance = (next() << 2) + (byte >> 2)
      if (state === AFTER_RUN) copy(distance + BEHIND_LITERALS, 3)
      else copy(distance + NEAR, 2)
    } else if (byte < 64) {
      const isFar = byte < 32
      const count = 2 + (isFar ? length(byte & 7, 7) : length(byte & 31, 31))
      trailing = next()
      const distance = (trailing >> 2) + (next() << 6)
      if (isFar) {
        const far = ((byte & 8) << 11) + distance
        // The end.
        if (far === 0) return out === page.length && at === packed.length ? page : undefined
        copy(FAR + far, count)
      } else copy(distance + NEAR, count)
    } else {
      const count = byte < 128 ? 3 + ((byte >> 5) & 1) : 5 + ((byte >> 5) & 3)
      copy((next() << 3) + ((byte >> 2) & 7) + NEAR, count)
    }
    state = trailing & 3
    literals(state)
  }
}
