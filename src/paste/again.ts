// What is gone through more than once, by readers that each look at all of it.

/** Of a text of 1 MB these are lines of 16 characters. */
const MAX_HELD = 65536

/**
 * What `make` makes, to be gone through again and again: held where it is little, and made anew each time where it is much.
 * @param make makes the same each time
 */
export function again<T>(make: () => Iterable<T>): Iterable<T> {
  const held: T[] = []
  for (const one of make()) {
    if (held.length === MAX_HELD) return { [Symbol.iterator]: () => make()[Symbol.iterator]() }
    held.push(one)
  }
  return held
}
