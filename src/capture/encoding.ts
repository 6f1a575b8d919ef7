// Bytes of a text to characters: UTF-8, or UTF-16 as PowerShell's `>` writes it, with or without a byte order mark.

import { DumpError } from './dump-error.ts'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be'

/** How a text is encoded; undefined for what is no text, which has bytes that no text has. @param head its first bytes */
export function encodingOf(head: Uint8Array): Encoding | undefined {
  if (head.length > 0 && head.every(isText)) return 'utf-8'
  const marked = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
  // A ring has zeros in both places.
  const only = (zeros: number) =>
    head.length > 3 && head.every((b, i) => (i < 2 && marked) || (i % 2 === zeros ? b === 0 : isText(b)))
  if (only(1)) return 'utf-16le'
  return only(0) ? 'utf-16be' : undefined
}

/** Printable, or what terminals write into their logs: bell, backspace, tab, line and form feeds, shifts, escape. */
function isText(byte: number): boolean {
  return byte >= 0x20 || (byte >= 0x07 && byte <= 0x0f) || byte === 0x1b
}

/** Of a text that is known to be one, its encoding by so many bytes. */
const HEAD = 256

/** The same, of a text that is whole. @throws DumpError for what is in no encoding */
export function strictTextOf(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder(encodingOfText(bytes), { fatal: true }).decode(bytes)
  } catch {
    throw new DumpError(path, 'not text in UTF-8')
  }
}

/** The characters of a text, without a byte order mark; what is in no encoding has U+FFFD in its place. */
export function textOf(bytes: Uint8Array, encoding = encodingOfText(bytes)): string {
  return new TextDecoder(encoding).decode(bytes)
}

/** How a text is encoded, by its byte order mark or its first bytes. */
function encodingOfText(bytes: Uint8Array): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return encodingOf(bytes.subarray(0, HEAD)) ?? 'utf-8'
}

/** The bytes of a text in UTF-8 without its byte order mark. */
export function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
}
