// A module of Python's ctypes. Every byte has a member and nothing is aligned, so that the interpreter's own ABI does not matter.
import { constantLines } from './constants.ts'
import { declared, type Model, type StructMember, type StructShape } from './model.ts'

const TYPES = { u8: 'c_uint8', u16: 'c_uint16', s16: 'c_int16', u32: 'c_uint32', u64: 'c_uint64' } as const

export function pythonText({ abi, shapes }: Model, made: string): string {
  return `"""The structs of Xen's block rings under ${abi.name}, on any little-endian host.

${made}
blkif_request.from_buffer(page, offset) looks at a bytearray, from_buffer_copy at bytes.
"""
import ctypes

${constantLines((name, value) => `${name} = ${value}`)}

${shapes.map(shapeText).join('\n')}`
}

function shapeText(shape: StructShape): string {
  const about = `${shape.kind} ${shape.name}.${shape.about === undefined ? '' : ` ${shape.about}`}`
  const checks = declared(shape).map((m) => `assert ${shape.name}.${attribute(m)}.offset == ${m.offset}`)
  return `
class ${shape.name}(ctypes.${shape.kind === 'union' ? 'Union' : 'LittleEndianStructure'}):
    """${about}"""

    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [
${shape.members.map((m) => `        ("${attribute(m)}", ${typeOf(m)}),`).join('\n')}
    ]


assert ctypes.sizeof(${shape.name}) == ${shape.size}
${checks.join('\n')}
`
}

/** Names that begin with two underscores are changed inside classes. */
function attribute({ name }: StructMember): string {
  return name.replace(/^__/, '_')
}

function typeOf({ type, length }: StructMember): string {
  const of = typeof type === 'string' ? `ctypes.${TYPES[type]}` : type.name
  return length === undefined ? of : `${of} * ${length}`
}
