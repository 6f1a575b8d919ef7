// Bytes as 32-bit words, whatever the host's order of bytes.

export const WORD = 4

/** The words of a ring are little-endian: where the host is as well, they are read in place. */
export const HOST_IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/** Which half of a 64-bit column's element comes first in memory. */
export const [LOW, HIGH] = HOST_IS_LITTLE_ENDIAN ? [0, 1] : [1, 0]

/**
 * The little-endian words of the bytes: the same memory where host and alignment allow it, else a copy.
 * @param inPlace whether the host reads them as they lie
 */
export function wordsOf(bytes: Uint8Array, inPlace = HOST_IS_LITTLE_ENDIAN): Uint32Array {
  const length = bytes.length / WORD
  if (inPlace && bytes.byteOffset % WORD === 0) return new Uint32Array(bytes.buffer, bytes.byteOffset, length)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return Uint32Array.from({ length }, (_, i) => view.getUint32(i * WORD, true))
}

/** Puts words back over the bytes that `wordsOf` read them from, where that was a copy. */
export function putWords(words: Uint32Array, bytes: Uint8Array): void {
  if (words.buffer === bytes.buffer) return
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (const [i, word] of words.entries()) view.setUint32(i * WORD, word, true)
}
