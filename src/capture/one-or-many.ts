/** One value, or many of them. */
export type OneOrMany<T> = T | Iterable<T>

/** The values of an argument that may be one alone. */
export function eachOf<T extends object>(values: OneOrMany<T>): Iterable<T> {
  return Symbol.iterator in values ? values : [values]
}
