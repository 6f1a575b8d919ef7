// The tables read field by field, without making code.
import type { Abi } from './abi.ts'
import type { CType, Struct, Union, ValueOf } from './c-types.ts'
import { type FieldLayout, sizeOf, valueFields } from './layout.ts'
import { perType } from './memo.ts'
import { SCALAR_READERS } from './scalar.ts'

/** Reads one value. @param at bytes from the start of the view */
export type Walk<V = unknown> = (view: DataView, at: number) => V

/** What reads values of a type from a view, which must hold all of them. */
export function walkOf<T extends CType>(type: T, abi: Abi): Walk<ValueOf<T>> {
  return walks(type, abi) as Walk<ValueOf<T>>
}

const walks = /*#__PURE__*/ perType((type: CType, abi): Walk => {
  switch (type.kind) {
    case 'scalar':
      return SCALAR_READERS[type.name]
    case 'array': {
      const [walk, stride] = [walkOf(type.element, abi), sizeOf(type.element, abi)]
      return (view, at) => Array.from({ length: type.length }, (_, i) => walk(view, at + i * stride))
    }
    default:
      return walkFields(valueFields(type as Struct | Union, abi), abi)
  }
})

/** What reads fields that lie anywhere, also over each other, as one object. */
export function walkFields(fields: readonly FieldLayout[], abi: Abi): Walk<Record<string, unknown>> {
  const steps = fields.map(({ name, type, offset }) => ({ name, offset, walk: walkOf(type, abi) }))
  return (view, at) => {
    const value: Record<string, unknown> = {}
    for (const { name, offset, walk } of steps) value[name] = walk(view, at + offset)
    return value
  }
}
