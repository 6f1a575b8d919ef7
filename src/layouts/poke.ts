// A pickle of GNU poke. What carries no value has no name there; a union of C is a pinned struct, whose members all begin at 0.
import { constantLines } from './constants.ts'
import { type Model, type RingSizes, ringSizesOf, type StructMember, type StructShape } from './model.ts'

const TYPES = {
  u8: 'uint<8>',
  u16: 'little uint<16>',
  s16: 'little int<16>',
  u32: 'little uint<32>',
  u64: 'little uint<64>',
} as const

export function pokeText(model: Model, made: string): string {
  const ring = ringSizesOf(model)
  return `/* The structs of Xen's block rings under ${model.abi.name}. ${made} */

${constantLines((name, value) => `var ${name} = ${value};`)}

${model.shapes.map(shapeText).join('\n')}${ring ? ringText(ring) : ''}`
}

function ringText({ sizes }: RingSizes): string {
  const rows = sizes.map(({ slots, bytes }) => `  if (bytes >= ${bytes}#B) return ${slots};`)
  return `
/* How many slots a ring of so many bytes has. */
fun blkif_slots = (offset<uint<64>,B> bytes) uint<64>:
{
${rows.join('\n')}
  return 0;
}

/* A ring as it is shared: blkif_ring @ 0#B */
type blkif_ring = struct
{
  sring head;
  blkif_slot[blkif_slots (iosize)] slots;
};
`
}

function shapeText({ kind, name, about, members, size }: StructShape): string {
  const comment = about === undefined ? '' : `/* ${about} */\n`
  const fields = members.map((m) => `  ${field(m)};`)
  return `${comment}type ${name} = ${kind === 'union' ? 'pinned struct' : 'struct'}
{
${fields.join('\n')}
};
assert (${name} {}'size == ${size}#B);
`
}

function field({ name, role, type, length }: StructMember): string {
  const of = typeof type === 'string' ? TYPES[type] : type.name
  const array = length === undefined ? '' : `[${length}]`
  return role === 'value' ? `${of}${array} ${name}` : `${of}${array}`
}
