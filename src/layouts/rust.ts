// A module of Rust 1.77 or later, without std. Every byte has a member, so that no host's alignment of a u64 can move one.
import { constantLines } from './constants.ts'
import { type Model, pascal, type StructMember, type StructShape } from './model.ts'

const TYPES = { u8: 'u8', u16: 'u16', s16: 'i16', u32: 'u32', u64: 'u64' } as const

export function rustText({ abi, shapes }: Model, made: string): string {
  return `//! The structs of Xen's block rings under ${abi.name}, on any little-endian host. ${made}
#![allow(dead_code)]

use core::mem::{offset_of, size_of};

${constantLines((name, value, of) => `pub const ${name}: ${of === 'status' ? 'i16' : 'u8'} = ${value};`)}

${shapes.map((shape) => shapeText(shape, abi.u64Align)).join('\n')}`
}

function shapeText(shape: StructShape, u64Align: number): string {
  const name = pascal(shape.name)
  const about = shape.about === undefined ? '' : `/// ${shape.about}\n`
  // Under x86_32 a u64 that is borrowed would have to lie on 8 bytes; the compiler refuses to, and a copy is taken.
  const layout = !shape.hasU64 ? '' : u64Align === 8 ? ', align(8)' : ', packed(4)'
  return `${about}#[derive(Clone, Copy)]
#[repr(C${layout})]
pub ${shape.kind} ${name} {
${shape.members.map((m) => `    pub ${memberName(m)}: ${typeOf(m)},`).join('\n')}
}
const _: () = {
    assert!(size_of::<${name}>() == ${shape.size});
${shape.members.map((m) => `    assert!(offset_of!(${name}, ${memberName(m)}) == ${m.offset});`).join('\n')}
};
`
}

function memberName({ name, role }: StructMember): string {
  return role === 'value' || name.startsWith('_') ? name : `_${name}`
}

function typeOf({ type, length }: StructMember): string {
  const of = typeof type === 'string' ? TYPES[type] : pascal(type.name)
  return length === undefined ? of : `[${of}; ${length}]`
}
