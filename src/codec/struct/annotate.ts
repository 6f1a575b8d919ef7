import type { Abi } from './abi.ts'
import type { CType, ScalarName } from './c-types.ts'
import { layoutOf, sizeOf } from './layout.ts'

/** A run of bytes and what the table says of it. */
export interface ByteRange {
  /** Bytes from the start of the buffer. */
  readonly offset: number
  readonly size: number
  /** Path of the field, such as `blkif_request.seg[2].gref`; of the enclosing struct where the bytes are padding. */
  readonly path: string
  /** `reserved`: padding that the header names. `padding`: bytes that only alignment put there. */
  readonly kind: 'field' | 'reserved' | 'padding'
  /** What a field is read as; undefined for bytes that are no field. */
  readonly scalar: ScalarName | undefined
}

/**
 * The byte ranges of a value, in order, covering each of its bytes exactly once. A union is annotated as its
 * first member; the rest of its bytes are padding.
 */
export function annotate(type: CType, abi: Abi, at = 0, path = nameOf(type)): ByteRange[] {
  const ranges: ByteRange[] = []
  walk(type, abi, at, path, ranges)
  return ranges
}

export function nameOf(type: CType): string {
  if (type.kind === 'array') return `${nameOf(type.element)}[${type.length}]`
  return type.name
}

function walk(type: CType, abi: Abi, at: number, path: string, ranges: ByteRange[]): void {
  if (type.kind === 'scalar') {
    ranges.push({ offset: at, size: type.size, path, kind: 'field', scalar: type.name })
    return
  }
  if (type.kind === 'array') {
    const stride = sizeOf(type.element, abi)
    for (let i = 0; i < type.length; i++) walk(type.element, abi, at + i * stride, `${path}[${i}]`, ranges)
    return
  }
  const layout = layoutOf(type, abi)
  const fields = layout.kind === 'union' ? layout.fields.slice(0, 1) : layout.fields
  let end = at
  for (const field of fields) {
    pad(end, at + field.offset, path, ranges)
    if (field.reserved)
      ranges.push({
        offset: at + field.offset,
        size: field.size,
        path: `${path}.${field.name}`,
        kind: 'reserved',
        scalar: undefined,
      })
    else walk(field.type, abi, at + field.offset, `${path}.${field.name}`, ranges)
    end = at + field.offset + field.size
  }
  pad(end, at + layout.size, path, ranges)
}

function pad(from: number, to: number, path: string, ranges: ByteRange[]): void {
  if (to > from) ranges.push({ offset: from, size: to - from, path, kind: 'padding', scalar: undefined })
}
