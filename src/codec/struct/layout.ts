import type { Abi } from './abi.ts'
import type { CType, Fields, Reserved, Struct, Union } from './c-types.ts'
import { perType } from './memo.ts'
import { requireAbi } from './require-abi.ts'

/** Where a field of a struct or union lies under an ABI. */
export interface FieldLayout {
  readonly name: string
  readonly type: CType
  /** Bytes from the start of the struct. */
  readonly offset: number
  /** The size in bytes. */
  readonly size: number
  readonly reserved: boolean
}

/** The size, alignment and fields of a struct or union under an ABI. */
export interface Layout {
  readonly kind: 'struct' | 'union'
  readonly name: string
  readonly abi: Abi
  /** Bytes, tail padding included: the stride in an array. */
  readonly size: number
  readonly align: number
  readonly fields: readonly FieldLayout[]
}

const layouts = /*#__PURE__*/ perType(computeLayout)

/** Offset, size and padding of every field of a struct or union under an ABI, by the System V rules that the headers are compiled with. */
export function layoutOf(type: Struct | Union, abi: Abi): Layout {
  return layouts(type, abi)
}

/** Its fields that carry a value. */
export const valueFields = /*#__PURE__*/ perType((type: Struct | Union, abi): readonly FieldLayout[] => {
  return layoutOf(type, abi).fields.filter((field) => !field.reserved)
})

/** The bytes that a value of the type occupies under an ABI, the padding of a struct included. */
export function sizeOf(type: CType, abi: Abi): number {
  switch (type.kind) {
    case 'scalar':
      return type.size
    case 'array':
      return type.length * sizeOf(type.element, abi)
    default:
      return layoutOf(type, abi).size
  }
}

/** The alignment of a type in bytes under an ABI. */
export function alignOf(type: CType, abi: Abi): number {
  switch (type.kind) {
    case 'scalar':
      return type.size === 8 ? abi.u64Align : type.size
    case 'array':
      return alignOf(type.element, abi)
    default:
      return layoutOf(type, abi).align
  }
}

/** The layout of one field by name. A name that the struct does not have under this ABI is a bug of the caller. */
export function fieldOf(layout: Layout, name: string): FieldLayout {
  const field = layout.fields.find((f) => f.name === name)
  if (!field) throw new RangeError(`${layout.name} has no field ${name} under ${layout.abi.name}`)
  return field
}

/** Byte offset of every field that carries a value, for code that writes fields in place. */
export function offsetsOf<F extends Fields>(
  type: Struct<F>,
  abi: Abi,
): Readonly<Record<Extract<{ [K in keyof F]: F[K] extends Reserved ? never : K }[keyof F], string>, number>> {
  return Object.fromEntries(valueFields(type, abi).map((f) => [f.name, f.offset])) as ReturnType<typeof offsetsOf<F>>
}

function computeLayout(type: Struct | Union, abi: Abi): Layout {
  requireAbi(abi, `layout of ${type.name}`)
  const fields: FieldLayout[] = []
  let end = 0
  let align = 1
  for (const [name, declared] of Object.entries(type.fields)) {
    if (declared.kind === 'reserved' && declared.only && declared.only !== abi.name) continue
    const fieldType = declared.kind === 'reserved' ? declared.of : declared
    const fieldAlign = alignOf(fieldType, abi)
    const offset = type.kind === 'union' ? 0 : roundUp(end, fieldAlign)
    const size = sizeOf(fieldType, abi)
    fields.push({ name, type: fieldType, offset, size, reserved: declared.kind === 'reserved' })
    end = Math.max(end, offset + size)
    align = Math.max(align, fieldAlign)
  }
  return { kind: type.kind, name: type.name, abi, size: roundUp(end, align), align, fields }
}

function roundUp(n: number, multiple: number): number {
  return Math.ceil(n / multiple) * multiple
}
