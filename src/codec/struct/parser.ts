// The package's types do not resolve under nodenext through its root export.

import { Parser } from 'binary-parser/dist/binary_parser.js'
import type { Abi } from './abi.ts'
import { annotate, nameOf } from './annotate.ts'
import type { CType, Scalar, ScalarName, Struct, Union, ValueOf } from './c-types.ts'
import { count } from './count.ts'
import { CodecError } from './errors.ts'
import { fieldOf, layoutOf, sizeOf } from './layout.ts'

/** Our scalar names in binary-parser's words. */
const PARSER_TYPE: Readonly<Record<ScalarName, string>> = {
  u8: 'uint8',
  u16: 'uint16le',
  s16: 'int16le',
  u32: 'uint32le',
  u64: 'uint64le',
}

const parsers = new Map<Abi, WeakMap<object, Parser>>()

/**
 * A binary-parser schema for a struct or union, made from its layout.
 * @param padTo bytes that the parser consumes in all, when the value lies in a larger slot
 */
export function parserOf(type: Struct | Union, abi: Abi, padTo?: number): Parser {
  const layout = layoutOf(type, abi)
  const parser = new Parser()
  let at = 0
  const seek = (to: number) => {
    if (to !== at) parser.seek(to - at)
    at = to
  }
  for (const field of layout.fields) {
    if (field.reserved) continue
    seek(field.offset)
    addField(parser, field.name, field.type, abi)
    at += field.size
  }
  seek(padTo ?? layout.size)
  return parser
}

/** A schema of some fields of structs that share their memory, as in a C union: each is read where its struct has it. */
export function fieldsParser(
  abi: Abi,
  fields: readonly { readonly type: Struct; readonly field: string; readonly as?: string }[],
): Parser {
  const parser = new Parser()
  let at = 0
  for (const { type, field, as = field } of fields) {
    const { offset, size, type: fieldType } = fieldOf(layoutOf(type, abi), field)
    if (offset !== at) parser.seek(offset - at)
    addField(parser, as, fieldType, abi)
    at = offset + size
  }
  return parser
}

/** Decodes one value. The bytes must hold all of it: a short buffer is a `CodecError` that names the first field missing. */
export function decode<T extends Struct | Union>(type: T, abi: Abi, bytes: Uint8Array, at = 0): ValueOf<T> {
  checkLength(type, abi, bytes, at)
  let byType = parsers.get(abi)
  if (!byType) {
    byType = new WeakMap()
    parsers.set(abi, byType)
  }
  let parser = byType.get(type)
  if (!parser) {
    parser = parserOf(type, abi)
    byType.set(type, parser)
  }
  return parser.parse(at === 0 ? bytes : bytes.subarray(at)) as ValueOf<T>
}

/** Throws the error of a short buffer, naming the first field that is not whole. */
export function checkLength(type: CType, abi: Abi, bytes: Uint8Array, at = 0, path = nameOf(type)): void {
  if (at + sizeOf(type, abi) <= bytes.length) return
  for (const range of annotate(type, abi, at, path)) {
    const left = Math.max(0, bytes.length - range.offset)
    if (left >= range.size) continue
    throw new CodecError(range.path, range.offset, `needs ${count(range.size, 'byte')}, ${left} left`)
  }
}

function addField(parser: Parser, name: string, type: CType, abi: Abi): void {
  if (type.kind === 'scalar') addScalar(parser, name, type)
  else if (type.kind === 'array') {
    const element = type.element
    if (element.kind === 'array') throw new TypeError(`${name}: arrays of arrays are not supported`)
    const elementType = element.kind === 'scalar' ? PARSER_TYPE[element.name] : parserOf(element, abi)
    parser.array(name, { type: elementType, length: type.length })
  } else parser.nest(name, { type: parserOf(type, abi) })
}

function addScalar(parser: Parser, name: string, type: Scalar): void {
  switch (type.name) {
    case 'u8':
      parser.uint8(name)
      break
    case 'u16':
      parser.uint16le(name)
      break
    case 's16':
      parser.int16le(name)
      break
    case 'u32':
      parser.uint32le(name)
      break
    case 'u64':
      parser.uint64le(name)
      break
  }
}
