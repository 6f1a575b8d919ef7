/** How sure a statement is, the least first. `may`: nothing speaks against it, and other things would look the same. */
export const SURENESSES = ['may', 'likely', 'certain'] as const
/** How sure a statement is. */
export type Sureness = (typeof SURENESSES)[number]

/** A conclusion is no surer than the least sure thing that it rests on. */
export function weakest(...all: readonly Sureness[]): Sureness {
  return SURENESSES[Math.min(...all.map((s) => SURENESSES.indexOf(s)))] ?? 'may'
}

export function isSurer(a: Sureness, b: Sureness): boolean {
  return SURENESSES.indexOf(a) > SURENESSES.indexOf(b)
}
