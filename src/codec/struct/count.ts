/** A number and what it counts: `1 page`, `2 pages`. */
export function count(n: number | bigint, one: string, many = `${one}s`): string {
  return `${n} ${BigInt(n) === 1n ? one : many}`
}
