// Texts with hexdumps in them: of one ring or several, and of the pages that their requests name.

import { pagesByXenstore } from '../../../capture/beside.ts'
import { DumpError } from '../../../capture/dump-error.ts'
import { type Encoding, textOf } from '../../../capture/encoding.ts'
import { readTextRings, type TextRing } from '../../../hexdump/index.ts'
import { parseXenstore } from '../../../xenstore/devices.ts'
import type { ByteSource } from '../byte-source.ts'
import { dumpsOf } from '../dumps-of.ts'
import { MAX_TEXT } from '../sizes.ts'
import type { Kind } from './kind.ts'

/** What is said of whole pages that read like a text. */
export const LIKE_TEXT = "whole pages, which are a ring's; they read like text, and --text reads them as such"

export const HEXDUMP: Kind = {
  isText: true,
  ahead: MAX_TEXT + 1,
  looks: ({ encoding }) => encoding !== undefined,
  inPages: () => LIKE_TEXT,
  open(found, options) {
    const pages = options.pages ?? pagesByXenstore(found.around)
    const rings = textRings(found.source, found.encoding ?? 'utf-8', pages)
    return { queues: [dumpsOf(found, rings, rings.length > 1, options)] }
  },
}

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
