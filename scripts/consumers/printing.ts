// Programs that print every value of a struct, in a language: what to print is walked once for all, and a language says how.
import type { ScalarName } from '../../src/codec/struct/c-types.ts'
import type { StructShape } from '../../src/layouts/model.ts'

export interface Syntax {
  /** The field of that name. */
  field(expression: string, name: string): string
  index(expression: string, variable: string): string
  print(expression: string, type: ScalarName): string
  loop(variable: string, length: number, body: readonly string[]): readonly string[]
}

/** Statements that print all values of it. */
export function printing({ members }: StructShape, expression: string, syntax: Syntax, depth = 0): string[] {
  const variable = 'ijk'[depth]!
  const one = (type: ScalarName | StructShape, of: string, deep: number) =>
    typeof type === 'string' ? [syntax.print(of, type)] : printing(type, of, syntax, deep)
  return members
    .filter((m) => m.role === 'value')
    .flatMap(({ name, type, length }) => {
      const of = syntax.field(expression, name)
      if (length === undefined) return one(type, of, depth)
      return syntax.loop(variable, length, one(type, syntax.index(of, variable), depth + 1))
    })
}

export const indented = (lines: readonly string[], by = '  ') => lines.map((line) => by + line)
