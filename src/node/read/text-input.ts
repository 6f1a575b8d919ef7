// Inputs that are text: hexdumps.

import { DumpError } from '../../capture/dump-error.ts'
import { readTextRings, type TextRing } from '../../hexdump/index.ts'
import { parseXenstore } from '../../xenstore/devices.ts'
import { type Encoding, textOf } from './encoding.ts'
import { type InputFile, readAll } from './input-file.ts'
import { MAX_TEXT } from './input-kind.ts'

/**
 * The rings of a text.
 * @param pages of one ring
 * @throws DumpError for a text that no ring is in
 */
export function textRings(file: InputFile, encoding: Encoding, pages: number | undefined): TextRing[] {
  const bytes = readAll(file, MAX_TEXT)
  if (!bytes) throw tooLong(file.path)
  const text = textOf(bytes, encoding)
  const rings = readTextRings(text, pages)
  if (rings.length === 0) throw noDump(file.path, text)
  return rings
}

function tooLong(path: string): DumpError {
  return new DumpError(
    path,
    `a text of more than ${MAX_TEXT / 2 ** 20} MiB`,
    'cut it to the dumps of one ring and its indirect pages; --raw reads it as pages',
  )
}

function noDump(path: string, text: string): DumpError {
  const vbds = parseXenstore(text).length
  if (vbds > 0) return new DumpError(path, `a listing of XenStore, no ring`, `blkring vbds ${path} shows its ${vbds} block devices`)
  return new DumpError(path, 'a text without a hexdump in it', 'docs/capturing.md has the formats that are read')
}
