/**
 * Delta debugging (Zeller and Hildebrandt, 2002): a part of a list that still has a property, and has it no more without any single one of
 * its items.
 * @param holds whether a part, in the order of the list, has the property; the whole list has it
 */
export function ddmin<T>(items: readonly T[], holds: (part: readonly T[]) => boolean): readonly T[] {
  if (items.length === 0 || holds([])) return []
  let left = items
  let chunks = 2
  while (left.length > 1) {
    const size = Math.ceil(left.length / chunks)
    const smaller = without(left, size, holds)
    if (smaller) {
      left = smaller
      chunks = Math.max(2, chunks - 1)
    } else if (size === 1) break
    else chunks = Math.min(left.length, chunks * 2)
  }
  return left
}

/** The list without one run of so many items, where it still holds. */
function without<T>(items: readonly T[], size: number, holds: (part: readonly T[]) => boolean): readonly T[] | undefined {
  for (let from = 0; from < items.length; from += size) {
    const part = [...items.slice(0, from), ...items.slice(from + size)]
    if (part.length > 0 && holds(part)) return part
  }
  return undefined
}
