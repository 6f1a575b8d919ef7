import type { Abi } from './abi.ts'
import { nameOf } from './annotate.ts'
import type { CType, Scalar, Struct, Union, ValueOf } from './c-types.ts'
import { CodecError } from './errors.ts'
import { layoutOf, sizeOf, valueFields } from './layout.ts'
import { checkLength } from './length.ts'
import { viewOf } from './scalar.ts'
import { SCALARS } from './scalar-coders.ts'

/** A new buffer holding the value; padding and reserved bytes are 0. The exact inverse of `decode`. */
export function encode<T extends Struct>(type: T, abi: Abi, value: ValueOf<T>): Uint8Array {
  const bytes = new Uint8Array(layoutOf(type, abi).size)
  encodeOver(type, abi, value, bytes)
  return bytes
}

/** Lays the value over existing bytes: padding, reserved bytes and everything outside the struct stay as they are. */
export function encodeOver<T extends Struct | Union>(type: T, abi: Abi, value: ValueOf<T>, bytes: Uint8Array, at = 0): void {
  checkLength(type, abi, bytes, at)
  write(type, abi, value, viewOf(bytes), at, nameOf(type))
}

function write(type: CType, abi: Abi, value: unknown, view: DataView, at: number, path: string): void {
  switch (type.kind) {
    case 'scalar':
      writeScalar(type, value, view, at, path)
      break
    case 'array': {
      if (!Array.isArray(value) || value.length !== type.length) throw new CodecError(path, at, `needs an array of ${type.length}`)
      const stride = sizeOf(type.element, abi)
      for (const [i, item] of value.entries()) write(type.element, abi, item, view, at + i * stride, `${path}[${i}]`)
      break
    }
    default: {
      if (typeof value !== 'object' || value === null) throw new CodecError(path, at, 'needs an object')
      for (const field of valueFields(type, abi)) {
        const member = (value as Readonly<Record<string, unknown>>)[field.name]
        write(field.type, abi, member, view, at + field.offset, `${path}.${field.name}`)
      }
    }
  }
}

function writeScalar({ name }: Scalar, value: unknown, view: DataView, at: number, path: string): void {
  const { min, max, write } = SCALARS[name]
  const isWhole = typeof value === typeof min && (typeof value === 'bigint' || Number.isInteger(value))
  if (!isWhole || (value as number | bigint) < min || (value as number | bigint) > max)
    throw new CodecError(
      path,
      at,
      `${String(value)} is not a ${name} (${name === 'u64' ? 'a bigint from 0 to 2^64-1' : `${min} to ${max}`})`,
    )
  write(view, at, value as number | bigint)
}
