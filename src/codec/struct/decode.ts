import type { Abi } from './abi.ts'
import type { Struct, Union, ValueOf } from './c-types.ts'
import { type FieldLayout, valueFields } from './layout.ts'
import { checkLength } from './length.ts'
import { perType } from './memo.ts'
import { fieldsParser, mayMakeCode } from './parser.ts'
import { viewOf } from './scalar.ts'
import { walkFields } from './walk.ts'

/** Decodes one value. The bytes must hold all of it: a short buffer is a `CodecError` that names the first field missing. */
export function decode<T extends Struct | Union>(type: T, abi: Abi, bytes: Uint8Array, at = 0): ValueOf<T> {
  checkLength(type, abi, bytes, at)
  return readers(type, abi)(at === 0 ? bytes : bytes.subarray(at)) as ValueOf<T>
}

const readers = /*#__PURE__*/ perType((type: Struct | Union, abi) => fieldsReader(valueFields(type, abi), abi))

/** What reads fields that lie anywhere in bytes, also over each other, as one object: by code made for them, where that may be. */
export function fieldsReader(fields: readonly FieldLayout[], abi: Abi): (bytes: Uint8Array) => unknown {
  if (mayMakeCode()) {
    const parser = fieldsParser(fields, abi)
    return (bytes) => parser.parse(bytes)
  }
  const walk = walkFields(fields, abi)
  return (bytes) => walk(viewOf(bytes), 0)
}
