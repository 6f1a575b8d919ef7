/** How sure a statement is. `may`: nothing speaks against it, and other things would look the same. */
export type Sureness = 'may' | 'likely' | 'certain'

const ORDER: readonly Sureness[] = ['may', 'likely', 'certain']

/** A conclusion is no surer than the least sure thing that it rests on. */
export function weakest(...all: readonly Sureness[]): Sureness {
  return ORDER[Math.min(...all.map((s) => ORDER.indexOf(s)))] ?? 'may'
}

export function isSurer(a: Sureness, b: Sureness): boolean {
  return ORDER.indexOf(a) > ORDER.indexOf(b)
}
