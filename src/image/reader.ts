/**
 * The bytes of an image, best asked for from front to back: to go back may cost as much as to begin again (a compressed
 * image). Pure code reads through it, and does not know where the bytes come from.
 */
export interface ByteReader {
  /** Bytes in all, where that is known beforehand. */
  readonly size: number | undefined
  /** Where pages begin that are not there or cannot be unpacked, of those that were read; they read as zeros. */
  readonly damaged?: ReadonlySet<number>
  /** Fills the buffer from an offset on. Fewer bytes than asked for are the end of the image. */
  read(offset: number, into: Uint8Array): number | Promise<number>
}

/** Reads bytes at an offset, as many of them as there are. */
export async function readBytes(reader: ByteReader, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  return bytes.subarray(0, await reader.read(offset, bytes))
}

/**
 * A 64-bit offset, length or frame as a number, or undefined beyond 2^53, where no file and no memory reaches and a number
 * would not be exact.
 */
export function exact(value: bigint | number): number | undefined {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : undefined
}

/** The same reader, which keeps one range in memory from the first time on that a byte of it is read. */
export function remembering(reader: ByteReader, from: number, length: number): ByteReader {
  let kept: Promise<Uint8Array> | undefined
  return {
    size: reader.size,
    read: async (offset, into) => {
      if (offset < from || offset + into.length > from + length) return reader.read(offset, into)
      kept ??= readBytes(reader, from, length)
      const bytes = (await kept).subarray(offset - from, offset - from + into.length)
      into.set(bytes)
      return bytes.length
    },
  }
}
