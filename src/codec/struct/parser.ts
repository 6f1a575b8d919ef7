// The tables as binary-parser's schemas. It makes code of them at run time: where that is forbidden, `walk.ts` reads the same tables.
// The package's types do not resolve under nodenext through its root export.
import { Parser } from 'binary-parser/dist/binary_parser.js'
import type { Abi } from './abi.ts'
import type { CType, Struct, Union } from './c-types.ts'
import { type FieldLayout, layoutOf, valueFields } from './layout.ts'
import { SCALARS } from './scalar-coders.ts'

let allowed: boolean | undefined

/**
 * Whether code may be made at run time here. A page's Content-Security-Policy without unsafe-eval forbids it, as Node does with
 * --disallow-code-generation-from-strings.
 */
export function mayMakeCode(): boolean {
  allowed ??= compiles()
  return allowed
}

function compiles(): boolean {
  try {
    return new Function('return true')()
  } catch {
    return false
  }
}

/**
 * A binary-parser schema for a struct or union, made from its layout.
 * @param padTo bytes that the parser consumes in all, when the value lies in a larger slot
 */
export function parserOf(type: Struct | Union, abi: Abi, padTo?: number): Parser {
  return fieldsParser(valueFields(type, abi), abi, padTo ?? layoutOf(type, abi).size)
}

/**
 * A schema of fields that lie anywhere, also over each other.
 * @param end bytes that the parser consumes in all, if it matters
 * @param inUse of arrays that come last, by name: how many elements are read of the value so far; `end` must be given
 */
export function fieldsParser(fields: readonly FieldLayout[], abi: Abi, end?: number, inUse: InUse = {}): Parser {
  const parser = new Parser()
  let at = 0
  const seek = (to: number) => {
    if (to !== at) parser.seek(to - at)
    at = to
  }
  for (const { name, type, offset, size } of fields) {
    seek(offset)
    const count = type.kind === 'array' ? inUse[name] : undefined
    if (type.kind === 'array' && count !== undefined && end !== undefined) {
      const [elementSize, rest] = [size / type.length, end - offset]
      const length = function (this: never) {
        return count(this)
      }
      parser.array(name, { type: elementOf(name, type, abi), length }).seek(function (this: never) {
        return rest - count(this) * elementSize
      })
      return parser
    }
    addField(parser, name, type, abi)
    at += size
  }
  if (end !== undefined) seek(end)
  return parser
}

/** By the name of an array how many of its elements are in use, which the fields before it say. */
export type InUse = Readonly<Record<string, (value: never) => number>>

function addField(parser: Parser, name: string, type: CType, abi: Abi): void {
  if (type.kind === 'scalar') parser[SCALARS[type.name].schema](name)
  else if (type.kind === 'array') parser.array(name, { type: elementOf(name, type, abi), length: type.length })
  else parser.nest(name, { type: parserOf(type, abi) })
}

function elementOf(name: string, { element }: Extract<CType, { kind: 'array' }>, abi: Abi) {
  if (element.kind === 'array') throw new TypeError(`${name}: arrays of arrays are not supported`)
  return element.kind === 'scalar' ? SCALARS[element.name].schema : parserOf(element, abi)
}
