// The rings in a text, whatever kind of input it is a part of.
import { DumpError } from '../../capture/dump-error.ts'
import { type Encoding, textOf } from '../../capture/encoding.ts'
import type { Said } from '../../capture/testimony.ts'
import { readStatements } from '../../evidence/read.ts'
import type { TextStatements } from '../../evidence/statement.ts'
import { readTextRings, type TextRing } from '../../hexdump/index.ts'
import { readTestimonies } from '../../testimony/index.ts'
import { parseXenstore } from '../../xenstore/devices.ts'
import type { ByteSource } from './byte-source.ts'
import type { OpenOptions } from './open-options.ts'
import { MAX_TEXT } from './sizes.ts'

/** What a text has. */
interface ReadText {
  readonly rings: readonly TextRing[]
  /** What it says beside them; undefined where nobody asked for it. */
  readonly said: TextStatements | undefined
  /** What it says of rings in words; undefined where nobody asked for it. */
  readonly inWords: Said | undefined
}

/**
 * The rings of a text, and what else it says.
 * @throws DumpError for a text that no ring is in, and that says nothing
 */
export function readText(
  file: ByteSource,
  encoding: Encoding,
  { pages, statements, indices }: Pick<OpenOptions, 'pages' | 'statements' | 'indices'>,
): ReadText {
  const text = textOf(wholeText(file), encoding)
  const rings = readTextRings(text, pages)
  const said = statements ? readStatements(file.path, text) : undefined
  const inWords = indices ? readTestimonies(text) : undefined
  if (rings.length === 0 && !said?.statements.length && !inWords?.testimonies.length) throw noDump(file.path, text, inWords)
  return { rings, said, inWords }
}

/**
 * The rings of a text.
 * @param pages of one ring
 * @throws DumpError for a text that no ring is in
 */
export function textRings(file: ByteSource, encoding: Encoding, pages: number | undefined): readonly TextRing[] {
  return readText(file, encoding, { pages }).rings
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

/** @param inWords what it says of rings, where that was looked for already */
function noDump(path: string, text: string, inWords?: Said): DumpError {
  const vbds = parseXenstore(text).length
  if (vbds > 0) return new DumpError(path, 'a listing of XenStore, no ring', `blkring vbds ${path} shows its ${vbds} block devices`)
  const { testimonies, notes } = inWords ?? readTestimonies(text)
  if (testimonies.length > 0)
    return new DumpError(
      path,
      'a text without a hexdump in it: it shows indices or structs in words, and no page of a ring',
      `blkring doctor ${path} reads them`,
    )
  const [note] = notes
  if (note !== undefined) return new DumpError(path, note, 'docs/capturing.md has the formats that are read')
  return new DumpError(path, 'a text without a hexdump in it', 'docs/capturing.md has the formats that are read')
}
