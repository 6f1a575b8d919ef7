// The rings in a text, whatever kind of input it is a part of.

import { DumpError } from '../capture/dump-error.ts'
import { type Encoding, textOf } from '../capture/encoding.ts'
import { MIN_RING_BYTES } from '../capture/raw-ring.ts'
import type { Said } from '../capture/testimony.ts'
import { beginsRing } from '../codec/recognise/header.ts'
import { knownText } from '../evidence/known-texts.ts'
import { readStatements } from '../evidence/read.ts'
import type { TextStatements } from '../evidence/statement.ts'
import { readTextRings, type TextRing } from '../hexdump/index.ts'
import { linesOf } from '../paste/lines.ts'
import { readTestimonies } from '../testimony/index.ts'
import { parseXenstore } from '../xenstore/devices.ts'
import { reasonOfNone } from '../xenstore/no-device.ts'
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
  { pages, statements, indices, mustBegin }: Pick<OpenOptions, 'pages' | 'statements' | 'indices' | 'mustBegin'>,
): ReadText {
  const text = textOf(wholeText(file), encoding)
  const found = readTextRings(text, pages)
  const rings = statements ? found.filter((ring) => mayBeRing(ring, mustBegin === true)) : found
  const said = statements ? readStatements(file.path, text) : undefined
  const inWords = indices ? readTestimonies(text) : undefined
  if (rings.length === 0 && !said?.statements.length && !inWords?.testimonies.length) throw noDump(file.path, text, inWords)
  return { rings, said, inWords: inWords && withUnused(text, inWords, rings, said?.used ?? []) }
}

/** Adds how many lines nobody read anything from, where the text says something in words. */
function withUnused(text: string, inWords: Said, rings: readonly TextRing[], alsoUsed: readonly number[]): Said {
  if (inWords.testimonies.length === 0) return inWords
  const used = inWords.used.slice()
  for (const line of alsoUsed) used[line] = 1
  for (const { lines } of rings) for (const [first, last] of lines) used.fill(1, first, last + 1)
  let [all, unused] = [0, 0]
  for (const { text: line, number } of linesOf(text)) {
    if (line.trim() === '') continue
    all++
    if (!used[number]) unused++
  }
  return { ...inWords, unread: { lines: all, unused } }
}

/** A part of a page whose beginning is known, and is no ring's, is a stack or a table that was dumped. */
function mayBeRing({ bytes, missing }: TextRing, mustBegin: boolean): boolean {
  if (missing.length === 0 && !mustBegin) return true
  const isHeadless = missing.some(({ from }) => from < MIN_RING_BYTES)
  return (isHeadless && !mustBegin) || beginsRing(bytes)
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
  const reason = reasonOfNone(text)
  if (reason) return new DumpError(path, reason.problem, reason.cure)
  const { testimonies, notes } = inWords ?? readTestimonies(text)
  if (testimonies.length > 0)
    return new DumpError(
      path,
      'a text without a hexdump in it: it shows indices or structs in words, and no page of a ring',
      `blkring doctor ${path} reads them`,
    )
  const [note] = notes
  if (note !== undefined) return new DumpError(path, note, 'docs/capturing.md has the formats that are read')
  const known = knownText(text)
  if (known) return new DumpError(path, known.problem, known.cure)
  if (text.trim() === '') return new DumpError(path, 'an empty text', 'docs/capturing.md has the formats that are read')
  return new DumpError(path, 'a text without a hexdump in it', 'docs/capturing.md has the formats that are read')
}
