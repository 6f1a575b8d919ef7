// Snappy's raw format (format_description.txt of its repository), as makedumpfile -p and dump-guest-memory -s pack pages.

/** Lengths of literals from here on stand in bytes of their own: one more for each. */
const LONG = 60

/** Unpacks a page; undefined where the bytes are no Snappy of it. @param size bytes of the page */
export function unpackSnappy(packed: Uint8Array, size: number): Uint8Array | undefined {
  const page = new Uint8Array(size)
  let [at, out] = [0, 0]
  /** A number of so many bytes; NaN where they are not there. */
  const number = (bytes: number) => {
    let value = 0
    for (let i = 0; i < bytes; i++) value += (packed[at + i] ?? Number.NaN) * 2 ** (8 * i)
    at += bytes
    return value
  }
  let unpacked = 0
  for (let shift = 0; ; shift += 7) {
    const byte = number(1)
    unpacked += (byte & 0x7f) * 2 ** shift
    if (!(byte >= 0x80 && shift < 28)) break
  }
  if (unpacked !== size) return undefined
  while (at < packed.length) {
    const tag = number(1)
    const short = tag >> 2
    if ((tag & 3) === 0) {
      const count = short < LONG ? short + 1 : number(short - LONG + 1) + 1
      if (!(at + count <= packed.length && out + count <= size)) return undefined
      page.set(packed.subarray(at, at + count), out)
      at += count
      out += count
      continue
    }
    const isNear = (tag & 3) === 1
    const count = isNear ? 4 + (short & 7) : short + 1
    const distance = isNear ? (tag >> 5) * 256 + number(1) : number((tag & 3) === 2 ? 2 : 4)
    if (!(distance > 0 && distance <= out && out + count <= size)) return undefined
    for (let i = 0; i < count; i++, out++) page[out] = page[out - distance]!
  }
  return out === size ? page : undefined
}
