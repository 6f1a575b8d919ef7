// What of the room needs no parser: a chunk of the library of its own, so that layouts alone stay small in a user's bundle.

export { ABIS, type Abi, type AbiName, abiByName, arm, sameLayout, x86_32, x86_64 } from './abi.ts'
export { annotate, type ByteRange } from './annotate.ts'
export {
  type ArrayOf,
  array,
  type CType,
  type Fields,
  type Reserved,
  reserved,
  type Scalar,
  type ScalarName,
  type Struct,
  s16,
  struct,
  type Union,
  u8,
  u16,
  u32,
  u64,
  union,
  type ValueOf,
} from './c-types.ts'
export { encode, encodeOver } from './encode.ts'
export { CodecError } from './errors.ts'
export { alignOf, type FieldLayout, fieldOf, type Layout, layoutOf, offsetsOf, sizeOf } from './layout.ts'
export { readScalar } from './scalar.ts'
