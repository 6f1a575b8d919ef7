// Values of C as debuggers print them.

/** A struct, a union or an array: what stands between braces. */
export interface Braces {
  readonly kind: 'braces'
  /** The type that stands before it, `struct blk_shadow`; undefined where none does. */
  readonly type: string | undefined
  /** Where it lies, where the print says so. */
  readonly address: bigint | undefined
  readonly items: readonly Item[]
  /** The print breaks off in it, or leaves the rest out with `...`. */
  readonly isCut: boolean
}

/** A number, a pointer or a byte, with the symbol or character beside it left aside. */
export interface NumberValue {
  readonly kind: 'number'
  /** The type that stands before it, `struct request *`; undefined where none does. */
  readonly type: string | undefined
  readonly value: bigint
}

/** A name, of an enumeration or of a symbol; or a string. */
export interface WordValue {
  readonly kind: 'word'
  readonly text: string
}

export type CValue = Braces | NumberValue | WordValue

/** One value between braces, with its name where it is a member's. */
export interface Item {
  readonly name: string | undefined
  readonly value: CValue
  /** How many of these stand here, one behind another. */
  readonly times: number
}

/** A member by its path, through unions and structs without a name; crash joins the names of a path with dots. */
export function memberAt(value: CValue | undefined, ...path: readonly string[]): CValue | undefined {
  const [name, ...rest] = path
  if (name === undefined || value?.kind !== 'braces') return name === undefined ? value : undefined
  const joined = path.join('.')
  for (const item of value.items) {
    if (item.name === joined) return item.value
    const found =
      item.name === name
        ? memberAt(item.value, ...rest)
        : item.name === undefined && item.times === 1
          ? memberAt(item.value, ...path)
          : item.name?.startsWith(`${name}.`)
            ? memberAt({ ...value, items: [{ ...item, name: item.name.slice(name.length + 1) }] }, ...rest)
            : undefined
    if (found) return found
  }
  return undefined
}

/** The number of a member; undefined where it is none. */
export function integerOf(value: CValue | undefined): bigint | undefined {
  return value?.kind === 'number' ? value.value : undefined
}

/** The elements of an array, each as often as it stands there, and no more than `most`. */
export function elementsOf(value: CValue | undefined, most: number): CValue[] {
  if (value?.kind !== 'braces') return value ? [value] : []
  const elements: CValue[] = []
  for (const { value: element, times } of value.items)
    for (let n = 0; n < times && elements.length < most; n++) elements.push(element)
  return elements
}
