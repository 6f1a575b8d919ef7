// A schema of Kaitai Struct: of a whole ring, and of every struct by its name. What a slot holds the indices decide, and no schema can say;
// each slot has all of its readings, made when they are asked for.
import { operationInfo } from '../codec/xen/operations.ts'
import { OPERATION_NUMBERS } from './constants.ts'
import { type Model, type RingSizes, ringSizesOf, type StructMember, type StructShape } from './model.ts'

const TYPES = { u8: 'u1', u16: 'u2', s16: 's2', u32: 'u4', u64: 'u8' } as const

export function ksyText(model: Model, made: string): string {
  const ring = ringSizesOf(model)
  const operations = Object.entries(OPERATION_NUMBERS).map(
    ([name, value]) => `    ${value}: ${operationInfo(value).op} # ${name}\n`,
  )
  return `# The structs of Xen's block rings under ${model.abi.name}. ${made}
meta:
  id: ${ring ? 'blkif_ring' : 'blkif_layout'}
  endian: le
${ring ? ringText(ring) : ''}enums:
  operation:
${operations.join('')}types:
${model.shapes.map(shapeText).join('')}`
}

function ringText({ stride, sizes }: RingSizes): string {
  const count = sizes.map(({ bytes, slots }) => `_io.size >= ${bytes} ? ${slots} : `).join('')
  return `doc: A ring as it is shared, of 1 to 16 pages.
seq:
  - id: head
    type: sring
  - id: slots
    type: blkif_slot
    size: ${stride}
    repeat: expr
    repeat-expr: nr_ents
instances:
  nr_ents:
    value: '${count}0'
`
}

function shapeText({ kind, name, about, members }: StructShape): string {
  const doc = about === undefined ? '' : `    doc: '${about}'\n`
  if (kind === 'struct') return `  ${name}:\n${doc}    seq:\n${members.map(field).join('')}`
  return `  ${name}:\n${doc}    instances:\n${members.map(reading).join('')}`
}

function field({ name, role, type, length, size }: StructMember): string {
  // What means nothing has no name.
  if (role !== 'value') return `      - size: ${size}\n`
  const enumeration = name === 'operation' ? '        enum: operation\n' : ''
  const repeat = length === undefined ? '' : `        repeat: expr\n        repeat-expr: ${length}\n`
  return `      - id: ${name}\n        type: ${typeOf(type)}\n${enumeration}${repeat}`
}

function reading({ name, type }: StructMember): string {
  return `      ${name}:\n        pos: 0\n        type: ${typeOf(type)}\n`
}

function typeOf(type: StructMember['type']): string {
  return typeof type === 'string' ? TYPES[type] : type.name
}
