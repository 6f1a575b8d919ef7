import type { AbiName } from './abi.ts'

/** Carries the decoded type of a C type; never present at run time. */
declare const VALUE: unique symbol

/** The names of the C integers that tables have, all of them little-endian: `u64` is `uint64_t`, `s16` is `int16_t`. */
export type ScalarName = 'u8' | 'u16' | 's16' | 'u32' | 'u64'

/** A C integer. `V` is the type of its values: bigint for `u64`, number for all others. */
export interface Scalar<V extends number | bigint = number | bigint> {
  readonly kind: 'scalar'
  readonly name: ScalarName
  /** The size in bytes. */
  readonly size: 1 | 2 | 4 | 8
  readonly [VALUE]?: V
}

/** A C array of a fixed length. */
export interface ArrayOf<T extends CType = CType> {
  readonly kind: 'array'
  readonly element: T
  readonly length: number
}

/** A field that the header names but that carries no value: it is laid out, and skipped by decoder and encoder. */
export interface Reserved<T extends CType = CType> {
  readonly kind: 'reserved'
  readonly of: T
  /** The field exists under this ABI only (`#ifdef __i386__`). */
  readonly only: AbiName | undefined
}

/** The fields of a struct or union, in the order in which the header declares them. */
export type Fields = Readonly<Record<string, CType | Reserved>>

/** A C struct as a table: a name and fields in wire order. It has no offsets: these come from `layoutOf`, under an ABI. */
export interface Struct<F extends Fields = Fields> {
  readonly kind: 'struct'
  readonly name: string
  readonly fields: F
}

/** Every member lies at offset 0, and decoding yields every member's reading of the same bytes. */
export interface Union<F extends Fields = Fields> {
  readonly kind: 'union'
  readonly name: string
  readonly fields: F
}

/** Any type that a field of a table can have. */
export type CType = Scalar | ArrayOf | Struct | Union

/** The value that a C type decodes to: `u64` is a bigint, arrays are arrays, reserved fields are absent. */
export type ValueOf<T> =
  T extends Scalar<infer V>
    ? V
    : T extends ArrayOf<infer E>
      ? ValueOf<E>[]
      : T extends Struct<infer F> | Union<infer F>
        ? { -readonly [K in keyof F as F[K] extends Reserved ? never : K]: ValueOf<F[K]> }
        : never

/** `uint8_t` */
export const u8: Scalar<number> = { kind: 'scalar', name: 'u8', size: 1 }
/** `uint16_t` */
export const u16: Scalar<number> = { kind: 'scalar', name: 'u16', size: 2 }
/** `int16_t` */
export const s16: Scalar<number> = { kind: 'scalar', name: 's16', size: 2 }
/** `uint32_t` */
export const u32: Scalar<number> = { kind: 'scalar', name: 'u32', size: 4 }
/** `uint64_t`, whose values are bigints. Its alignment is what tells the ABIs apart. */
export const u64: Scalar<bigint> = { kind: 'scalar', name: 'u64', size: 8 }

/** A C array of `length` elements. Arrays of arrays cannot be decoded. */
export function array<const T extends CType>(element: T, length: number): ArrayOf<T> {
  return { kind: 'array', element, length }
}

/**
 * A field that is laid out and has no value, such as padding that the header names.
 * @param only the one ABI under which the field exists (`#ifdef __i386__`); without it all
 */
export function reserved<const T extends CType>(of: T, only?: AbiName): Reserved<T> {
  return { kind: 'reserved', of, only }
}

/** A C struct; `fields` in wire order. Offsets and padding come from `layoutOf`. */
export function struct<const F extends Fields>(name: string, fields: F): Struct<F> {
  return { kind: 'struct', name, fields }
}

/** A C union: every member lies at offset 0, and decoding gives each member's reading of the same bytes. */
export function union<const F extends Fields>(name: string, fields: F): Union<F> {
  return { kind: 'union', name, fields }
}
