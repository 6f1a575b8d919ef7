// Bytes as 32-bit words. Every slot and every field that is wider than a word's half lies on a multiple of 4 under every ABI,
// so that a ring is read and written word by word; where in the word a field lies comes from the layout.
import type { Abi } from '../struct/abi.ts'
import type { Struct, Union } from '../struct/c-types.ts'
import { fieldOf, layoutOf } from '../struct/layout.ts'

export const WORD = 4

/** The words of a ring are little-endian: where the host is as well, they are read in place. */
export const HOST_IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/** Which half of a 64-bit column's element comes first in memory. */
export const [LOW, HIGH] = HOST_IS_LITTLE_ENDIAN ? [0, 1] : [1, 0]

/** Where a field lies in a struct seen as words. */
export interface WordField {
  /** Words from the start of the struct. */
  readonly word: number
  /** Bits to shift the word right by. */
  readonly shift: number
}

/** @throws RangeError for a field that does not lie within one word, or begin on one if it is longer: no such field is in blkif.h */
export function wordField(type: Struct | Union, abi: Abi, name: string): WordField {
  const { offset, size } = fieldOf(layoutOf(type, abi), name)
  const within = offset % WORD
  if (size < WORD ? within + size > WORD : within !== 0)
    throw new RangeError(`${type.name}.${name} at ${offset} cannot be read as words`)
  return { word: (offset - within) / WORD, shift: within * 8 }
}

/**
 * The word that fields share, each bit of it in one of them: it can be written without a look at what was there.
 * @throws RangeError where they do not
 */
export function sharedWord(type: Struct | Union, abi: Abi, names: readonly string[]): number {
  const { word } = wordField(type, abi, names[0]!)
  const sizes = names.map((name) => fieldOf(layoutOf(type, abi), name).size)
  const isShared = names.every((name) => wordField(type, abi, name).word === word)
  if (!isShared || sizes.reduce((sum, size) => sum + size) !== WORD)
    throw new RangeError(`${names.join(', ')} of ${type.name} do not share a word`)
  return word
}

/** @throws RangeError for a number of bytes that is no whole number of words */
export function wordsIn(bytes: number): number {
  if (bytes % WORD) throw new RangeError(`${bytes} bytes are no whole number of words`)
  return bytes / WORD
}

/**
 * The little-endian words of the bytes: the same memory where host and alignment allow it, else a copy.
 * @param inPlace whether the host reads them as they lie
 */
export function wordsOf(bytes: Uint8Array, inPlace = HOST_IS_LITTLE_ENDIAN): Uint32Array {
  const length = wordsIn(bytes.length)
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
