// One leaf of a row group as a column chunk: a page of dictionary where the domain is small, and one page of data.
import type { ColumnMetaData, Encoding } from 'hyparquet'
import { ByteWriter } from 'hyparquet-writer'
import { writePageHeader } from 'hyparquet-writer/src/datapage.js'
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js'
import { snappyCompress } from 'hyparquet-writer/src/snappy.js'
import { HOST_IS_LITTLE_ENDIAN, putWords, WORD } from '../../codec/batch/words.ts'
import type { SchemaLeaf } from './schema.ts'
import type { Encodable, Values } from './values.ts'

/** Values of up to 16 bits. */
const CODES = 65536

type Bound = number | bigint | Uint8Array
interface Bounds {
  readonly min: Bound
  readonly max: Bound
}

/** What the pages of a chunk are made of. */
interface Encoded {
  readonly encoding: Encoding
  readonly dictionary: { readonly bytes: Uint8Array; readonly count: number } | undefined
  readonly data: Uint8Array
  /** Values that are there. */
  readonly count: number
  readonly bounds: Bounds | undefined
}

/** Appends the chunk, and returns what the footer says of it. @param rows of the group */
export function writeChunk(out: ByteWriter, leaf: SchemaLeaf, values: Values, rows: number): ColumnMetaData {
  const start = out.offset
  const { encoding, dictionary, data, count, bounds } = encoded(values.encodable(), leaf)
  let uncompressed = 0
  if (dictionary) {
    const packed = snappyCompress(dictionary.bytes)
    uncompressed += page(out, [packed], dictionary.bytes.length, {
      type: 'DICTIONARY_PAGE',
      dictionary_page_header: { num_values: dictionary.count, encoding: 'PLAIN' },
    })
  }
  const dataAt = out.offset
  const { bytes: levels, repetition, definition } = levelBytes(leaf, values)
  const entries = values.levels?.length ?? rows
  const packed = snappyCompress(data)
  // Readers differ on compressed pages without a byte in them.
  const isCompressed = packed.length < data.length
  const body = isCompressed ? packed : data
  const header = {
    num_values: entries,
    num_nulls: entries - count,
    num_rows: rows,
    encoding,
    definition_levels_byte_length: definition,
    repetition_levels_byte_length: repetition,
    is_compressed: isCompressed,
  }
  const pageHeader = { type: 'DATA_PAGE_V2', data_page_header_v2: header } as const
  uncompressed += page(out, [levels, body], levels.length + data.length, pageHeader)
  return {
    type: leaf.element.type!,
    encodings: dictionary ? ['PLAIN', encoding] : [encoding],
    path_in_schema: [...leaf.path],
    codec: 'SNAPPY',
    num_values: BigInt(entries),
    total_uncompressed_size: BigInt(uncompressed),
    total_compressed_size: BigInt(out.offset - start),
    data_page_offset: BigInt(dataAt),
    ...(dictionary ? { dictionary_page_offset: BigInt(start) } : {}),
    statistics: {
      null_count: BigInt(entries - count),
      ...(bounds ? { min_value: bounds.min, max_value: bounds.max } : {}),
    },
  }
}

type PageKind = Omit<Parameters<typeof writePageHeader>[1], 'uncompressed_page_size' | 'compressed_page_size'>

/** @returns bytes of header and uncompressed page */
function page(out: ByteWriter, body: readonly Uint8Array[], uncompressed: number, kind: PageKind): number {
  const start = out.offset
  const compressed = body.reduce((sum, { length }) => sum + length, 0)
  writePageHeader(out, { ...kind, uncompressed_page_size: uncompressed, compressed_page_size: compressed })
  const header = out.offset - start
  for (const bytes of body) out.appendBytes(bytes)
  return header + uncompressed
}

function levelBytes({ maxDefinition, maxRepetition }: SchemaLeaf, { levels }: Values) {
  const out = new ByteWriter()
  if (!levels) return { bytes: out.getBytes(), repetition: 0, definition: 0 }
  const repetition = maxRepetition === 0 ? 0 : writeRleBitPackedHybrid(out, levels.repetition, bitsFor(maxRepetition))
  const definition = writeRleBitPackedHybrid(out, levels.definition, bitsFor(maxDefinition))
  return { bytes: out.getBytes(), repetition, definition }
}

function encoded(values: Encodable, leaf: SchemaLeaf): Encoded {
  switch (values.as) {
    case 'dictionary':
      return values.codes.length === 0 ? plain(NOTHING, 0, undefined) : byDictionary(values.codes, values.words)
    case 'words': {
      const { words, each } = values
      const bounds = words.length === 0 ? undefined : each === 1 ? bounds32(words) : bounds64(words)
      return plain(littleEndian(words), words.length / each, bounds)
    }
    case 'bytes':
      return plain(values.bytes, values.count, undefined)
  }
  throw new TypeError(`no encoding for ${leaf.type}`)
}

const NOTHING = new Uint8Array()

function plain(data: Uint8Array, count: number, bounds: Bounds | undefined): Encoded {
  return { encoding: 'PLAIN', dictionary: undefined, data, count, bounds }
}

// Used again and again: what is allocated for each column waits long for the collector of garbage.
const placeOf = new Int32Array(CODES)
let scratch = new Uint32Array(CODES)

/** Codes become places in a dictionary, in the order in which they first occur. */
function byDictionary(codes: Uint8Array | Uint16Array | Int16Array, words: readonly string[] | undefined): Encoded {
  placeOf.fill(-1)
  const distinct: number[] = []
  if (scratch.length < codes.length) scratch = new Uint32Array(2 * codes.length)
  const places = scratch.subarray(0, codes.length)
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!
    let place = placeOf[code & (CODES - 1)]!
    if (place < 0) {
      place = distinct.push(code) - 1
      placeOf[code & (CODES - 1)] = place
    }
    places[i] = place
  }
  const data = new ByteWriter()
  const bits = bitsFor(distinct.length - 1)
  data.appendUint8(bits)
  writeRleBitPackedHybrid(data, places, bits)
  const { bytes, bounds } = words ? ofTexts(distinct.map((code) => words[code]!)) : ofNumbers(distinct)
  const dictionary = { bytes, count: distinct.length }
  return { encoding: 'RLE_DICTIONARY', dictionary, data: data.getBytes(), count: codes.length, bounds }
}

interface Plain {
  readonly bytes: Uint8Array
  readonly bounds: Bounds
}

function ofNumbers(numbers: readonly number[]): Plain {
  const least = (a: number, b: number) => Math.min(a, b)
  const most = (a: number, b: number) => Math.max(a, b)
  return { bytes: littleEndian(Uint32Array.from(numbers)), bounds: { min: numbers.reduce(least), max: numbers.reduce(most) } }
}

/** Compared by their bytes. */
function ofTexts(texts: readonly string[]): Plain {
  const out = new ByteWriter()
  const encoder = new TextEncoder()
  const all = texts.map((text) => encoder.encode(text))
  let min = all[0]!
  let max = min
  for (const text of all) {
    out.appendUint32(text.length)
    out.appendBytes(text)
    if (compareBytes(text, min) < 0) min = text
    if (compareBytes(text, max) > 0) max = text
  }
  return { bytes: out.getBytes(), bounds: { min, max } }
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const differs = a.findIndex((byte, i) => byte !== b[i])
  return differs < 0 ? a.length - b.length : a[differs]! - (b[differs] ?? -1)
}

function littleEndian(words: Uint32Array): Uint8Array {
  if (HOST_IS_LITTLE_ENDIAN) return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
  const bytes = new Uint8Array(WORD * words.length)
  putWords(words, bytes)
  return bytes
}

/** Bits that hold every number from 0 to this one: one at least, since readers differ on none. */
function bitsFor(max: number): number {
  return Math.max(1, 32 - Math.clz32(max))
}

function bounds32(words: Uint32Array): Bounds {
  let min = words[0]!
  let max = min
  for (let i = 1; i < words.length; i++) {
    const word = words[i]!
    if (word < min) min = word
    else if (word > max) max = word
  }
  return { min, max }
}

/** The least and the greatest of u64 values as pairs of words, the lower first. */
function bounds64(words: Uint32Array): Bounds {
  let [min, max] = [0, 0]
  for (let i = 2; i < words.length; i += 2) {
    if (isBelow(words, i, min)) min = i
    else if (isBelow(words, max, i)) max = i
  }
  const at = (i: number) => (BigInt(words[i + 1]!) << 32n) | BigInt(words[i]!)
  return { min: at(min), max: at(max) }
}

function isBelow(words: Uint32Array, a: number, b: number): boolean {
  const [high, other] = [words[a + 1]!, words[b + 1]!]
  return high < other || (high === other && words[a]! < words[b]!)
}
