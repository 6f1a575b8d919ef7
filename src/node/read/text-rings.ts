// The rings in a text, whatever kind of input it is a part of.
import { DumpError } from '../../capture/dump-error.ts'
import { type Encoding, textOf } from '../../capture/encoding.ts'
import { readTextRings, type TextRing } from '../../hexdump/index.ts'
import { parseXenstore } from '../../xenstore/devices.ts'
import type { ByteSource } from './byte-source.ts'
import { MAX_TEXT } from './sizes.ts'

/**
 * The rings of a text.
 * @param pages of one ring
 * @throws DumpError for a text that no ring is in
 */
export function textRings(file: ByteSource, encoding: Encoding, pages: number | undefined): TextRing[] {
  const text = textOf(wholeText(file), encoding)
  const rings = readTextRings(text, pages)
  if (rings.length === 0) throw noDump(file.path, text)
  return rings
}

/** All bytes of a text. @throws DumpError for more than a text has */
export function wholeText(file: ByteSource): Uint8Array {
  const bytes = file.readAll(MAX_TEXT)
  if (bytes) return bytes
  throw new DumpError(
    file.path,
    `a text of more than ${MAX_TEXT / 2 ** 20} MiB`,
    'cut it to the dumps of one ring and its indirect pages; --raw reads it as pages',
  )
}

function noDump(path: string, text: string): DumpError {
  const vbds = parseXenstore(text).length
  if (vbds > 0) return new DumpError(path, 'a listing of XenStore, no ring', `blkring vbds ${path} shows its ${vbds} block devices`)
  return new DumpError(path, 'a text without a hexdump in it', 'docs/capturing.md has the formats that are read')
}
