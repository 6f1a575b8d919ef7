// Inputs that are text: hexdumps. What is a text and what is raw pages is told by the first bytes: a text has no zeros.
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { looksLikeHexText, readTextRings, type TextRing } from '../text/index.ts'
import { DumpError } from './dump-error.ts'
import { type InputFile, peek, readAll } from './input-file.ts'
import { parseXenstore } from './xenstore.ts'

/** So many bytes tell. */
export const TEXT_HEAD = XEN_PAGE_SIZE
const NEWLINE = 0x0a

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be'

/** A ring of 16 pages takes less than 0.4 MiB, and its indirect pages as much again. */
export const MOST_TEXT = 16 * 2 ** 20

/**
 * The rings of an input that is text; undefined where it is raw pages.
 * @throws DumpError for a text that no ring is in
 */
export function textRings(file: InputFile, pages: number | undefined): TextRing[] | undefined {
  const encoding = textEncoding(peek(file, TEXT_HEAD))
  if (!encoding) return undefined
  const bytes = readAll(file, MOST_TEXT)
  if (!bytes) throw tooLong(file.path)
  const text = textOf(bytes, encoding)
  const rings = readTextRings(text, pages)
  if (rings.length === 0) throw noDump(file.path, text)
  return rings
}

/**
 * How an input that is text is encoded; undefined for raw pages.
 * @param head its first bytes, TEXT_HEAD of them if it has as many
 */
export function textEncoding(head: Uint8Array): Encoding | undefined {
  const encoding = encodingOf(head)
  // A page may be made of letters.
  return encoding && (head.includes(NEWLINE) || looksLikeHexText(textOf(head, encoding))) ? encoding : undefined
}

function tooLong(path: string): DumpError {
  return new DumpError(
    path,
    `a text of more than ${MOST_TEXT / 2 ** 20} MiB`,
    'cut it to the dumps of one ring and its indirect pages',
  )
}

function noDump(path: string, text: string): DumpError {
  const vbds = parseXenstore(text).length
  if (vbds > 0) return new DumpError(path, `a listing of XenStore, no ring`, `blkring vbds ${path} shows its ${vbds} block devices`)
  return new DumpError(path, 'a text without a hexdump in it', 'docs/capturing.md has the formats that are read')
}

/** Undefined for what is no text. UTF-16 is what PowerShell's `>` writes. */
function encodingOf(head: Uint8Array): Encoding | undefined {
  if (head.length > 0 && head.every(isText)) return 'utf-8'
  const marked = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
  // A ring has zeros in both places.
  const only = (zeros: number) =>
    head.length > 3 && head.every((b, i) => (i < 2 && marked) || (i % 2 === zeros ? b === 0 : isText(b)))
  if (only(1)) return 'utf-16le'
  return only(0) ? 'utf-16be' : undefined
}

function isText(byte: number): boolean {
  return byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d || byte === 0x1b
}

function textOf(bytes: Uint8Array, encoding: string): string {
  return new TextDecoder(encoding).decode(bytes)
}
