// A package of Go. Every byte has a member, as encoding/binary wants it; blank ones are padding. Go has no unions: these are bytes, with a
// method for each reading. Under x86_32 a uint64 may lie where Go would not put one, and is bytes with a method too.
import { constantLines } from './constants.ts'
import { type Model, pascal, type StructMember, type StructShape } from './model.ts'

const TYPES = { u8: 'uint8', u16: 'uint16', s16: 'int16', u32: 'uint32', u64: 'uint64' } as const

export function goText({ abi, shapes }: Model, made: string): string {
  const packed = abi.u64Align === 4
  const unions = shapes.some((shape) => shape.kind === 'union')
  const numbers = packed && shapes.some((shape) => shape.hasU64)
  const imports = [...(unions ? ['"bytes"'] : []), ...(unions || numbers ? ['"encoding/binary"'] : []), '"unsafe"']
  return `// Package blkif has the structs of Xen's block rings under ${abi.name}. ${made}
//
// encoding/binary reads and writes them, as little-endian; on a little-endian host memory can be looked at through them too.
package blkif

import (
${imports.map((name) => `\t${name}`).join('\n')}
)

const (
${aligned(
  constantLines((name, value) => `${name} = ${value}`)
    .split('\n')
    .map((line) => line.split(/ (?==)/)),
)}
)
${numbers ? U64 : ''}
${shapes.map((shape) => (shape.kind === 'union' ? unionText(shape) : structText(shape, packed))).join('\n')}`
}

const U64 = `
// U64 is a 64-bit integer on a multiple of 4 bytes.
type U64 [8]byte

// Uint64 is its value.
func (u U64) Uint64() uint64 { return binary.LittleEndian.Uint64(u[:]) }

// Set changes its value.
func (u *U64) Set(value uint64) { binary.LittleEndian.PutUint64(u[:], value) }
`

function structText(shape: StructShape, packed: boolean): string {
  const name = pascal(shape.name)
  const members = shape.members.map((m) => [m.role === 'value' ? pascal(m.name) : '_', typeOf(m, packed)])
  const values = shape.members.filter((m) => m.role === 'value')
  const offsets = values.map((m) => assertion(`unsafe.Offsetof(${name}{}.${pascal(m.name)})`, m.offset))
  return `${comment(name, shape)}
type ${name} struct {
${aligned(members)}
}

${[assertion(`unsafe.Sizeof(${name}{})`, shape.size), ...offsets].join('\n')}
`
}

function unionText(shape: StructShape): string {
  const name = pascal(shape.name)
  const readings = shape.members.map(
    (m) => `
// ${pascal(m.name)} is its bytes as ${m.name}.
func (u *${name}) ${pascal(m.name)}() (v ${typeOf(m, false)}) {
	_ = binary.Read(bytes.NewReader(u[:]), binary.LittleEndian, &v)
	return v
}
`,
  )
  return `${comment(name, shape)}
type ${name} [${shape.size}]byte
${readings.join('')}`
}

function comment(name: string, { kind, name: header, about }: StructShape): string {
  return `// ${name} is ${kind} ${header}.${about === undefined ? '' : ` ${about}`}`
}

/** Does not compile where they differ: an index of an array of one that is not 0. */
function assertion(value: string, is: number): string {
  return `var _ = [1]struct{}{}[${value}-${is}]`
}

function typeOf({ type, length }: StructMember, packed: boolean): string {
  const of = typeof type !== 'string' ? pascal(type.name) : packed && type === 'u64' ? 'U64' : TYPES[type]
  return length === undefined ? of : `[${length}]${of}`
}

/** As gofmt does. */
function aligned(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([first]) => first!.length))
  return rows.map(([first, second]) => `\t${first!.padEnd(width)} ${second}`).join('\n')
}
