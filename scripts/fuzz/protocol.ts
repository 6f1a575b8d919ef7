// What the campaign and the process that tries inputs say to each other.

/** What is fuzzed (`targetsOf`). */
export const TARGETS = ['commands', 'rings', 'texts', 'listings', 'folders', 'scenarios', 'traces', 'images', 'incidents'] as const
export type TargetName = (typeof TARGETS)[number]

/** An input, which is made of its seed. */
export interface Task {
  readonly target: TargetName
  readonly seed: number
}

/** Told on the way, so that it is known when the process says nothing more. */
export interface Said {
  readonly doing: string
  readonly printed: boolean
}

export interface Answer {
  readonly failure: string | undefined
  /** MB in use at the most while the input was tried; 0 where it cannot be told. */
  readonly peak: number
  /** Seconds of CPU time. */
  readonly cpu: number
  /** MB in use afterwards. */
  readonly rss: number
}
