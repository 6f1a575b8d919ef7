// What a writer of any language needs of a struct: its members in order, with the bytes that belong to none among them, and the structs
// that it consists of before it.

import { MAX_RING_PAGES, ringGeometry } from '../codec/ring/geometry.ts'
import type { Abi } from '../codec/struct/abi.ts'
import type { CType, ScalarName, Struct, Union } from '../codec/struct/c-types.ts'
import { layoutOf, sizeOf } from '../codec/struct/layout.ts'
import { blkifSlot, LANGUAGE_TABLES, type StructTable } from './tables.ts'

/** A member of a struct, or bytes of it that no member has. */
export interface StructMember {
  /** As the header has it; of bytes that no member has, `hole` and their offset. */
  readonly name: string
  /** `value` is a field that means something, `reserved` padding that the header names, `hole` padding of the compiler. */
  readonly role: 'value' | 'reserved' | 'hole'
  readonly type: ScalarName | StructShape
  /** The length of an array; undefined of what is none. */
  readonly length: number | undefined
  readonly offset: number
  readonly size: number
}

/** A struct or union under an ABI. Members of a struct cover each of its bytes once; those of a union all begin at 0. */
export interface StructShape {
  readonly kind: 'struct' | 'union'
  readonly name: string
  readonly about: string | undefined
  readonly size: number
  readonly align: number
  readonly members: readonly StructMember[]
  /** Whether there is a 64-bit integer in it, whose alignment the ABI decides. */
  readonly hasU64: boolean
}

/** Shapes of one ABI: each after those that it consists of. */
export interface Model {
  readonly abi: Abi
  readonly shapes: readonly StructShape[]
}

/** @param tables the structs that are wanted; those that they consist of come with them */
export function modelOf(tables: readonly StructTable[], abi: Abi): Model {
  const shapes = new Map<Struct | Union, StructShape>()
  const shape = (type: Struct | Union): StructShape => {
    const made = shapes.get(type) ?? shapeOf(type, abi, shape)
    shapes.set(type, made)
    return made
  }
  for (const { type } of tables) shape(type)
  return { abi, shapes: [...shapes.values()] }
}

function shapeOf(type: Struct | Union, abi: Abi, shape: (type: Struct | Union) => StructShape): StructShape {
  const { kind, name, size, align, fields } = layoutOf(type, abi)
  const members: StructMember[] = []
  let end = 0
  const fill = (to: number) => {
    if (kind === 'struct' && to > end)
      members.push({ name: `hole${end}`, role: 'hole', type: 'u8', length: to - end, offset: end, size: to - end })
  }
  for (const field of fields) {
    fill(field.offset)
    const element = field.type.kind === 'array' ? field.type.element : field.type
    members.push({
      name: field.name,
      role: field.reserved ? 'reserved' : 'value',
      type: typeName(element, shape),
      length: field.type.kind === 'array' ? field.type.length : undefined,
      offset: field.offset,
      size: sizeOf(field.type, abi),
    })
    end = field.offset + field.size
  }
  fill(size)
  const hasU64 = members.some((m) => (typeof m.type === 'string' ? m.type === 'u64' : m.type.hasU64))
  return { kind, name, about: LANGUAGE_TABLES.find((t) => t.type === type)?.about, size, align, members, hasU64 }
}

function typeName(type: CType, shape: (type: Struct | Union) => StructShape): ScalarName | StructShape {
  if (type.kind === 'scalar') return type.name
  if (type.kind === 'array') throw new TypeError('an array of arrays has no shape')
  return shape(type)
}

/** The members of it that the header declares. */
export function declared(shape: StructShape): readonly StructMember[] {
  return shape.members.filter((m) => m.role !== 'hole')
}

/** `blkif_request` as `BlkifRequest`. */
export function pascal(name: string): string {
  return name.replace(/(?:^|_)+([a-z\d])/g, (_, letter: string) => letter.toUpperCase())
}

/** How many slots a ring of so many bytes has: the largest of these that fits. */
export interface RingSizes {
  readonly stride: number
  /** The largest first. */
  readonly sizes: readonly { readonly slots: number; readonly bytes: number }[]
}

/** What a text that reads whole rings needs; undefined where the structs of one are not all there. */
export function ringSizesOf({ abi, shapes }: Model): RingSizes | undefined {
  if (!shapes.some((shape) => shape.name === blkifSlot.name)) return undefined
  const { slotsAt, stride, nr_ents } = ringGeometry(abi, MAX_RING_PAGES)
  const sizes: RingSizes['sizes'][number][] = []
  for (let slots = nr_ents; slots >= 1; slots /= 2) sizes.push({ slots, bytes: slotsAt + slots * stride })
  return { stride, sizes }
}
