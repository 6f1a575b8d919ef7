// Names that are a guest's own affair: the same thing may be called otherwise on the other side, if always by the same name.

/** What two names were seen to stand for each other. */
export class Votes<N extends number | string> {
  readonly #counts = new Map<N, Map<N, number>>()

  add(a: N, b: N): void {
    let seen = this.#counts.get(a)
    if (!seen) {
      seen = new Map()
      this.#counts.set(a, seen)
    }
    seen.set(b, (seen.get(b) ?? 0) + 1)
  }

  /** The one-to-one renaming that most of them agree on; where as many speak for two, a name that stays is preferred. */
  decide(): Renaming<N> {
    const all = [...this.#counts].flatMap(([a, seen]) => [...seen].map(([b, count]) => ({ a, b, count })))
    // The order must not depend on which side is which.
    const low = ({ a, b }: { a: N; b: N }) => (a < b ? a : b)
    const high = ({ a, b }: { a: N; b: N }) => (a < b ? b : a)
    all.sort(
      (x, y) => y.count - x.count || Number(y.a === y.b) - Number(x.a === x.b) || order(low(x), low(y)) || order(high(x), high(y)),
    )
    const forward = new Map<N, N>()
    const backward = new Map<N, N>()
    for (const { a, b } of all) {
      if (forward.has(a) || backward.has(b)) continue
      forward.set(a, b)
      backward.set(b, a)
    }
    return new Renaming(forward, backward)
  }
}

/** Numbers by size, in words as well. */
function order<N extends number | string>(x: N, y: N): number {
  if (typeof x === 'string' && typeof y === 'string' && x.length !== y.length) return x.length - y.length
  return x < y ? -1 : x > y ? 1 : 0
}

export class Renaming<N extends number | string> {
  readonly #forward: ReadonlyMap<N, N>
  readonly #backward: ReadonlyMap<N, N>

  constructor(forward: ReadonlyMap<N, N>, backward: ReadonlyMap<N, N>) {
    this.#forward = forward
    this.#backward = backward
  }

  /** The pairs of names, sorted by those of side A. */
  get pairs(): (readonly [N, N])[] {
    return [...this.#forward].sort(([x], [y]) => order(x, y))
  }

  agrees(a: N, b: N): boolean {
    return this.#forward.get(a) === b
  }

  /** Why two names that were seen together cannot stand for each other. */
  conflict(name: string, a: N, b: N): string {
    const stands = this.#forward.get(a)
    const other = this.#backward.get(b)
    const parts = [
      ...(stands === undefined ? [] : [`${name} ${a} is ${stands} elsewhere`]),
      ...(other === undefined ? [] : [`${name} ${b} stands for ${other} elsewhere`]),
    ]
    return parts.join(', ')
  }
}
