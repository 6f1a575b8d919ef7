// What a driver's mark is, and where marks are looked for.
import type { RequestSlot, ResponseSlot, Ring } from '../codec/ring/ring.ts'

/** The frontends that marks in a ring tell apart. `pointers` are those whose ids are pointers. */
export type FrontendName = 'linux' | 'windows-2014' | 'pointers' | 'grub' | 'openbsd' | 'freebsd' | 'mirage'

/** A sign of one or more drivers: what was seen, and how much it speaks for each (or, below 0, against). */
export interface Mark {
  readonly seen: string
  readonly points: Readonly<Partial<Record<FrontendName, number>>>
}

/** What a ring shows of its frontend. */
export interface Traces {
  readonly ring: Ring
  readonly bytes: Uint8Array
  readonly requests: readonly RequestSlot[]
  readonly responses: readonly ResponseSlot[]
}
