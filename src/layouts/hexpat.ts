// A pattern of ImHex, as the documentation of its pattern language has it.
import { operationInfo } from '../codec/xen/operations.ts'
import { OPERATION_NUMBERS } from './constants.ts'
import { type Model, type RingSizes, ringSizesOf, type StructMember, type StructShape } from './model.ts'

export function hexpatText(model: Model, made: string): string {
  const ring = ringSizesOf(model)
  const operations = Object.entries(OPERATION_NUMBERS).map(
    ([name, value]) => `    ${name} = ${value}, // ${operationInfo(value).op}`,
  )
  return `// The structs of Xen's block rings under ${model.abi.name}. ${made}
#pragma endian little

enum blkif_op : u8 {
${operations.join('\n')}
};

${model.shapes.map(shapeText).join('\n')}${ring ? ringText(ring) : ''}`
}

function shapeText({ kind, name, about, members }: StructShape): string {
  const comment = about === undefined ? '' : `// ${about}\n`
  return `${comment}${kind} ${name} {
${members.map((m) => `    ${field(m)};`).join('\n')}
};
`
}

function field({ name, role, type, length, size }: StructMember): string {
  if (role !== 'value') return `padding[${size}]`
  const of = name === 'operation' ? 'blkif_op' : typeof type === 'string' ? type : type.name
  return `${of} ${name}${length === undefined ? '' : `[${length}]`}`
}

function ringText({ sizes }: RingSizes): string {
  const rows = sizes.map(({ slots, bytes }) => `    if (bytes >= ${bytes}) return ${slots};`)
  return `
fn blkif_slots(u64 bytes) {
${rows.join('\n')}
    return 0;
};

struct blkif_ring {
    sring head;
    blkif_slot slots[blkif_slots(sizeof($))];
};

blkif_ring ring @ 0x00;
`
}
