// A header for C11 and C++11. The compiler lays the structs out itself, and its own assertions say whether as the ABI does.
import { constantLines } from './constants.ts'
import { declared, type Model, type StructMember, type StructShape } from './model.ts'

const TYPES = { u8: 'uint8_t', u16: 'uint16_t', s16: 'int16_t', u32: 'uint32_t', u64: 'blkif_u64' } as const

export function cText({ abi, shapes }: Model, made: string): string {
  const guard = `BLKIF_LAYOUT_${abi.name.toUpperCase()}_H`
  return `/* The structs of Xen's block rings under ${abi.name}, on any little-endian host. ${made} */
#ifndef ${guard}
#define ${guard}

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define BLKIF_ASSERT static_assert
#else
#define BLKIF_ASSERT _Static_assert
#endif

${constantLines((name, value) => `#define ${name} ${value < 0 ? `(${value})` : value}`)}

/* The ABI's 64-bit integer, whatever the host's alignment of one. */
typedef uint64_t blkif_u64 __attribute__((aligned(${abi.u64Align})));

${shapes.map(shapeText).join('\n')}
#endif
`
}

function shapeText(shape: StructShape): string {
  const self = `${shape.kind} ${shape.name}`
  const fields = declared(shape)
  const about = shape.about === undefined ? '' : `/* ${shape.about} */\n`
  const asserts = fields.map((m) => assertion(`offsetof(${self}, ${m.name}) == ${m.offset}`, `${shape.name}.${m.name}`))
  return `${about}${self} {
${fields.map((m) => `\t${declaration(m)};`).join('\n')}
};
${assertion(`sizeof(${self}) == ${shape.size}`, `size of ${shape.name}`)}
${asserts.join('\n')}
`
}

function assertion(condition: string, what: string): string {
  return `BLKIF_ASSERT(${condition}, "${what}");`
}

function declaration({ type, name, length }: StructMember): string {
  const of = typeof type === 'string' ? TYPES[type] : `${type.kind} ${type.name}`
  return `${of} ${name}${length === undefined ? '' : `[${length}]`}`
}
