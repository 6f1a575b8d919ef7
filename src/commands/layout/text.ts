// Structs as pahole prints them, with the offset and size of every field and every hole.
import type { Abi } from '../../codec/struct/abi.ts'
import type { CType, Struct, Union } from '../../codec/struct/c-types.ts'
import { type FieldLayout, layoutOf } from '../../codec/struct/layout.ts'
import type { JsonOf } from '../../print/shape.ts'
import { count } from '../../print/text.ts'
import type { STRUCT } from './shape.ts'

const C_NAMES = { u8: 'uint8_t', u16: 'uint16_t', s16: 'int16_t', u32: 'uint32_t', u64: 'uint64_t' } as const

export function layoutText(type: Struct | Union, abi: Abi): string {
  const layout = layoutOf(type, abi)
  const lines = [`${layout.kind} ${layout.name} {`]
  const declarations = layout.fields.map((f) => declaration(f))
  const width = Math.max(...declarations.map((d) => d.length))
  let end = 0
  for (const [i, field] of layout.fields.entries()) {
    if (layout.kind === 'struct' && field.offset > end) lines.push(hole(field.offset - end))
    const note = field.reserved ? '  reserved' : ''
    const numbers = `${String(field.offset).padStart(5)} ${String(field.size).padStart(5)}`
    lines.push(`\t${declarations[i]!.padEnd(width)}  /* ${numbers} */${note}`)
    end = Math.max(end, field.offset + field.size)
  }
  lines.push('', `\t/* size: ${layout.size}, align: ${layout.align} */`)
  if (layout.size > end) lines.push(`\t/* padding: ${layout.size - end} */`)
  return `${lines.join('\n')}\n};\n`
}

export function layoutJson(type: Struct | Union, abi: Abi): JsonOf<typeof STRUCT> {
  const { name, kind, size, align, fields } = layoutOf(type, abi)
  const rows = fields.map((f) => ({ name: f.name, type: cName(f.type), offset: f.offset, size: f.size, reserved: f.reserved }))
  return { name, kind, abi: abi.name, size, align, fields: rows }
}

function hole(size: number): string {
  return `\n\t/* ${count(size, 'byte')} hole */\n`
}

function declaration({ type, name }: FieldLayout): string {
  const element = type.kind === 'array' ? type.element : type
  const length = type.kind === 'array' ? `[${type.length}]` : ''
  return `${cName(element)} ${name}${length};`
}

function cName(type: CType): string {
  switch (type.kind) {
    case 'scalar':
      return C_NAMES[type.name]
    case 'array':
      return `${cName(type.element)}[${type.length}]`
    default:
      return `${type.kind} ${type.name}`
  }
}
