/** The array, or where it has less room than that a larger one that begins with the same values. */
export function grownTo<T extends Uint8Array | Uint16Array | Int16Array | Uint32Array>(values: T, room: number): T {
  if (values.length >= room) return values
  const larger = new (values.constructor as new (length: number) => T)(Math.max(room, 2 * values.length))
  larger.set(values)
  return larger
}
